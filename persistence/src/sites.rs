//! Sites.

use diesel::prelude::*;
use diesel::sql_types::Uuid as SqlUuid;
use domain::ids::{OrganisationId, SiteId};
use domain::line::Line;
use domain::site::{Address, Coordinates, Site};
use serde_json::Value;
use uuid::Uuid;

use crate::acting::Reader;
use crate::error::{Error, Result};
use crate::schema::sites;
use crate::statement::Statement;
use crate::stored::{Stored, parsed, texts_from_json, texts_to_json};
use crate::transaction::Transaction;
use crate::versioned::versioned;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = sites, primary_key(organisation_id, id), treat_none_as_null = true)]
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

/// Locks all resources of its organisation: who books meanwhile waits, and then sees the change.
pub fn lock(transaction: &mut Transaction, id: SiteId) {
    let lock = Statement::new(
        "SELECT id FROM resources
         WHERE organisation_id = (SELECT organisation_id FROM sites WHERE id = $1)
         ORDER BY id FOR NO KEY UPDATE",
    );
    transaction.queue(lock.bind::<SqlUuid, _>(id.uuid()));
}

pub fn insert(transaction: &mut Transaction, site: &Stored<Site>) {
    transaction.queue(diesel::insert_into(sites::table).values(Row::from(site)));
}

versioned!(sites of Site, by SiteId);

impl Row {
    fn key(&self) -> (Uuid, Uuid) {
        (self.organisation_id, self.id)
    }
}

impl From<&Stored<Site>> for Row {
    fn from(stored: &Stored<Site>) -> Self {
        let site = &stored.value;
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
            version: stored.version,
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
        })
    }
}
