//! Sites.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::ids::{OrganisationId, SiteId};
use domain::line::Line;
use domain::site::{Address, Coordinates, Site};
use serde_json::Value;
use uuid::Uuid;

use crate::acting::Reader;
use crate::error::{Error, Result};
use crate::schema::sites;
use crate::stored::{Stored, parsed, texts_from_json, texts_to_json};
use crate::transaction::Transaction;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = sites, treat_none_as_null = true)]
struct Row {
    organisation_id: Uuid,
    id: Uuid,
    name: Value,
    street: String,
    postal_code: String,
    city: String,
    latitude: Option<f64>,
    longitude: Option<f64>,
    regional_key: Option<String>,
    federal_state: String,
    time_zone: String,
    published: bool,
    archived_at: Option<DateTime<Utc>>,
    version: i64,
}

/// Which sites a list has.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub organisation_id: Option<OrganisationId>,
}

/// At most `limit` sites in the order of their ids, those after `after`.
pub async fn list(
    reader: &mut Reader,
    filter: &Filter,
    after: Option<SiteId>,
    limit: i64,
) -> Result<Vec<Stored<Site>>> {
    let mut query = sites::table
        .select(Row::as_select())
        .filter(sites::archived_at.is_null())
        .order(sites::id)
        .limit(limit)
        .into_boxed();
    if let Some(organisation) = filter.organisation_id {
        query = query.filter(sites::organisation_id.eq(organisation.uuid()));
    }
    if let Some(after) = after {
        query = query.filter(sites::id.gt(after.uuid()));
    }
    reader
        .ask(query)
        .await?
        .into_iter()
        .map(TryInto::try_into)
        .collect()
}

pub async fn find(reader: &mut Reader, id: SiteId) -> Result<Option<Stored<Site>>> {
    let query = sites::table
        .select(Row::as_select())
        .filter(sites::id.eq(id.uuid()));
    reader
        .ask_one(query)
        .await?
        .map(TryInto::try_into)
        .transpose()
}

/// The site for a change, locked until the transaction ends.
pub async fn find_for_update(
    transaction: &mut Transaction,
    id: SiteId,
) -> Result<Option<Stored<Site>>> {
    let query = sites::table
        .select(Row::as_select())
        .filter(sites::id.eq(id.uuid()))
        .for_no_key_update();
    transaction
        .ask_one::<Row, _>(query)
        .await?
        .map(TryInto::try_into)
        .transpose()
}

pub fn insert(transaction: &mut Transaction, site: &Site) {
    transaction.queue(diesel::insert_into(sites::table).values(Row::new(site, 1, None)));
}

/// Stores a locked site as its next version.
pub fn update(transaction: &mut Transaction, site: &Site, version: i64) {
    save(transaction, Row::new(site, version + 1, None));
}

/// Takes a locked site out of the directory; what was booked there stays.
pub fn archive(transaction: &mut Transaction, site: &Site, version: i64, now: DateTime<Utc>) {
    save(transaction, Row::new(site, version + 1, Some(now)));
}

fn save(transaction: &mut Transaction, row: Row) {
    let target = sites::table.find((row.organisation_id, row.id));
    transaction.queue(diesel::update(target).set(row));
}

impl Row {
    fn new(site: &Site, version: i64, archived_at: Option<DateTime<Utc>>) -> Self {
        Self {
            organisation_id: site.organisation_id.uuid(),
            id: site.id.uuid(),
            name: texts_to_json(&site.name),
            street: site.address.street.to_string(),
            postal_code: site.address.postal_code.to_string(),
            city: site.address.city.to_string(),
            latitude: site.coordinates.map(Coordinates::latitude),
            longitude: site.coordinates.map(Coordinates::longitude),
            regional_key: site.regional_key.as_ref().map(ToString::to_string),
            federal_state: site.federal_state.to_string(),
            time_zone: site.time_zone.name().to_owned(),
            published: site.published,
            archived_at,
            version,
        }
    }
}

impl TryFrom<Row> for Stored<Site> {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let line = |text: &str| Line::new(text).map_err(|error| Error::corrupt("site", error));
        let coordinates = match (row.latitude, row.longitude) {
            (Some(latitude), Some(longitude)) => Some(
                Coordinates::new(latitude, longitude)
                    .map_err(|error| Error::corrupt("site", error))?,
            ),
            _ => None,
        };
        let value = Site {
            id: row.id.into(),
            organisation_id: row.organisation_id.into(),
            name: texts_from_json(row.name)?,
            address: Address {
                street: line(&row.street)?,
                postal_code: line(&row.postal_code)?,
                city: line(&row.city)?,
            },
            coordinates,
            regional_key: row
                .regional_key
                .as_deref()
                .map(|key| parsed("site", key))
                .transpose()?,
            federal_state: parsed("site", &row.federal_state)?,
            time_zone: parsed("site", &row.time_zone)?,
            published: row.published,
        };
        Ok(Self {
            value,
            version: row.version,
            archived: row.archived_at.is_some(),
        })
    }
}
