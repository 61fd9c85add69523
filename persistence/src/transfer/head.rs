//! The first line of an export.

use domain::ids::OrganisationId;
use serde_json::{Value, json};
use uuid::Uuid;

/// What the file is of, and what it takes to read it.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) schema: String,
    pub(super) key: String,
    pub(super) rows: u64,
    pub(super) organisations: Vec<(OrganisationId, String)>,
}

const FORMAT: &str = "sprechstunde export";

impl Head {
    pub(super) fn write(&self) -> Value {
        let organisations = self.organisations.iter();
        let organisations =
            organisations.map(|(id, slug)| json!({"id": id.uuid().to_string(), "slug": slug}));
        json!({
            "format": FORMAT,
            "schema": self.schema,
            "master_key": self.key,
            "organisations": organisations.collect::<Vec<_>>(),
            "rows": self.rows,
        })
    }

    pub(super) fn read(line: &Value) -> Option<Self> {
        let text = |name: &str| line[name].as_str().map(ToOwned::to_owned);
        (line["format"] == FORMAT).then_some(())?;
        let organisation = |told: &Value| {
            let id: Uuid = told["id"].as_str()?.parse().ok()?;
            Some((id.into(), told["slug"].as_str()?.to_owned()))
        };
        Some(Self {
            schema: text("schema")?,
            key: text("master_key")?,
            rows: line["rows"].as_u64()?,
            organisations: line["organisations"]
                .as_array()?
                .iter()
                .map(organisation)
                .collect::<Option<_>>()?,
        })
    }

    pub(super) fn ids(&self) -> Vec<Uuid> {
        self.organisations.iter().map(|(id, _)| id.uuid()).collect()
    }

    pub(super) fn slugs(&self) -> Vec<String> {
        let slugs = self.organisations.iter();
        slugs.map(|(_, slug)| slug.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_as_it_was_written() {
        let head = Head {
            schema: "00000000000116".to_owned(),
            key: "00ff".to_owned(),
            rows: 7,
            organisations: vec![(Uuid::from_u128(1).into(), "verein".to_owned())],
        };
        let read = Head::read(&head.write()).expect("a head");
        assert_eq!(format!("{read:?}"), format!("{head:?}"));
        assert!(Head::read(&json!({"format": "something else"})).is_none());
    }
}
