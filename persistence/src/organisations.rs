//! Organisations: the tenants themselves.

mod reasons;

use diesel::prelude::*;
use domain::ids::OrganisationId;
use domain::organisation::{Organisation, RetentionDays, Slug, Website};
use domain::reason::OwnReasons;
use serde_json::Value;
use uuid::Uuid;

use crate::acting::Reader;
use crate::error::{Error, Result};
use crate::no_shows;
use crate::schema::organisations;
use crate::stored::{Stored, parsed, texts_from_json, texts_to_json};
use crate::transaction::Transaction;
use crate::versioned::versioned;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = organisations, treat_none_as_null = true)]
struct Row {
    id: Uuid,
    slug: String,
    name: Value,
    description: Option<Value>,
    website: Option<String>,
    retention_days: i32,
    reasons: Value,
    no_show_after: Option<i32>,
    no_show_within_days: Option<i32>,
    no_show_approval_days: Option<i32>,
    published: bool,
    version: i64,
}

/// Which organisations a list has.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub slug: Option<Slug>,
}

/// At most `limit` organisations in the order of their ids, those after `after`.
pub async fn list(
    reader: &mut Reader,
    filter: &Filter,
    after: Option<OrganisationId>,
    limit: i64,
) -> Result<Vec<Stored<Organisation>>> {
    let mut query = organisations::table
        .select(Row::as_select())
        .filter(organisations::archived_at.is_null())
        .order(organisations::id)
        .limit(limit)
        .into_boxed();
    if let Some(slug) = &filter.slug {
        query = query.filter(organisations::slug.eq(slug.to_string()));
    }
    if let Some(after) = after {
        query = query.filter(organisations::id.gt(after.uuid()));
    }
    let rows: Vec<Row> = reader.ask(query).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

pub fn insert(transaction: &mut Transaction, organisation: &Stored<Organisation>) {
    let row = Row::from(organisation);
    transaction.queue(diesel::insert_into(organisations::table).values(row));
}

/// The reasons of an organisation, as far as it is there for whoever asks.
pub async fn reasons_of(
    transaction: &mut Transaction,
    organisation: OrganisationId,
) -> Result<OwnReasons> {
    let query = organisations::table
        .select(organisations::reasons)
        .filter(organisations::id.eq(organisation.uuid()));
    let found: Option<Value> = transaction.ask_one(query).await?;
    found.map_or_else(|| Ok(OwnReasons::default()), reasons::from_json)
}

versioned!(organisations of Organisation, by OrganisationId);

impl Row {
    fn key(&self) -> Uuid {
        self.id
    }
}

impl From<&Stored<Organisation>> for Row {
    fn from(stored: &Stored<Organisation>) -> Self {
        let organisation = &stored.value;
        Self {
            id: organisation.id.uuid(),
            slug: organisation.slug.to_string(),
            name: texts_to_json(&organisation.name),
            description: organisation.description.as_ref().map(texts_to_json),
            website: organisation
                .website
                .as_ref()
                .map(|website| website.as_str().to_owned()),
            retention_days: organisation.retention.count().into(),
            reasons: reasons::to_json(&organisation.reasons),
            no_show_after: organisation.no_shows.map(|rule| rule.after().into()),
            no_show_within_days: organisation.no_shows.map(|rule| rule.within_days().into()),
            no_show_approval_days: organisation
                .no_shows
                .map(|rule| rule.approval_days().into()),
            published: organisation.published,
            version: stored.version,
        }
    }
}

impl TryFrom<Row> for Stored<Organisation> {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let website = row.website.as_deref();
        let value = Organisation {
            id: row.id.into(),
            slug: parsed("organisation", &row.slug)?,
            name: texts_from_json(row.name)?,
            description: row.description.map(texts_from_json).transpose()?,
            website: website
                .map(|website| parsed::<Website>("organisation", website))
                .transpose()?,
            retention: RetentionDays::new(row.retention_days.into())
                .map_err(|error| Error::corrupt("organisation", error))?,
            reasons: reasons::from_json(row.reasons)?,
            no_shows: no_shows::rule(
                row.no_show_after,
                row.no_show_within_days,
                row.no_show_approval_days,
            )?,
            published: row.published,
        };
        Ok(Self {
            value,
            version: row.version,
        })
    }
}
