use diesel::prelude::*;
use domain::ids::{CounsellorId, OrganisationId};
use domain::line::Line;
use uuid::Uuid;

use super::PublishedCounsellor;
use crate::acting::Reader;
use crate::error::{Error, Result};
use crate::schema::counsellors;
use crate::stored::{Stored, parsed_set};

/// Only columns that the public may read.
#[derive(Queryable, Selectable)]
#[diesel(table_name = counsellors)]
struct Row {
    organisation_id: Uuid,
    id: Uuid,
    public_name: Option<String>,
    languages: Vec<String>,
    version: i64,
}

/// At most `limit` published counsellors in the order of their ids, those after `after`.
pub async fn list_published(
    reader: &mut Reader,
    organisation: Option<OrganisationId>,
    after: Option<CounsellorId>,
    limit: i64,
) -> Result<Vec<Stored<PublishedCounsellor>>> {
    let mut query = counsellors::table
        .select(Row::as_select())
        .filter(counsellors::archived_at.is_null())
        .filter(counsellors::published)
        .order(counsellors::id)
        .limit(limit)
        .into_boxed();
    if let Some(organisation) = organisation {
        query = query.filter(counsellors::organisation_id.eq(organisation.uuid()));
    }
    if let Some(after) = after {
        query = query.filter(counsellors::id.gt(after.uuid()));
    }
    let rows: Vec<Row> = reader.ask(query).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

pub async fn find_published(
    reader: &mut Reader,
    id: CounsellorId,
) -> Result<Option<Stored<PublishedCounsellor>>> {
    let query = counsellors::table
        .select(Row::as_select())
        .filter(counsellors::archived_at.is_null())
        .filter(counsellors::published)
        .filter(counsellors::id.eq(id.uuid()));
    let row: Option<Row> = reader.ask_one(query).await?;
    row.map(TryInto::try_into).transpose()
}

impl TryFrom<Row> for Stored<PublishedCounsellor> {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let name = row.public_name.unwrap_or_default();
        let value = PublishedCounsellor {
            id: row.id.into(),
            organisation_id: row.organisation_id.into(),
            display_name: Line::new(&name).map_err(|error| Error::corrupt("counsellor", error))?,
            languages: parsed_set("counsellor", &row.languages)?,
        };
        Ok(Self {
            value,
            version: row.version,
        })
    }
}
