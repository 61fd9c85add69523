//! Services.

mod row;
mod weeks;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Timestamptz, Uuid as SqlUuid};
use domain::ids::{OrganisationId, ServiceId};
use domain::modality::Modality;
use domain::service::{Format, Service, Topic};
use domain::texts::LanguageTag;

use uuid::Uuid;

pub(crate) use row::visit_rules;
pub use weeks::count_weeks;

use crate::acting::Reader;
use crate::error::Result;
use crate::resources;
use crate::schema::services;
use crate::statement::Statement;
use crate::stored::{Stored, texts_of};
use crate::transaction::Transaction;
use crate::versioned::versioned;
use row::Row;

/// Which services a list has; of each list of values, one must fit, if there are any.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub organisation_id: Option<OrganisationId>,
    pub topics: Vec<Topic>,
    pub formats: Vec<Format>,
    pub modalities: Vec<Modality>,
    pub languages: Vec<LanguageTag>,
}

/// At most `limit` services in the order of their ids, those after `after`.
pub async fn list(
    reader: &mut Reader,
    filter: &Filter,
    after: Option<ServiceId>,
    limit: i64,
) -> Result<Vec<Stored<Service>>> {
    let mut query = services::table
        .select(Row::as_select())
        .filter(services::archived_at.is_null())
        .order(services::id)
        .limit(limit)
        .into_boxed();
    if let Some(organisation) = filter.organisation_id {
        query = query.filter(services::organisation_id.eq(organisation.uuid()));
    }
    if !filter.topics.is_empty() {
        query = query.filter(services::topic.eq_any(texts_of(&filter.topics)));
    }
    if !filter.formats.is_empty() {
        let formats: Vec<_> = filter
            .formats
            .iter()
            .map(|format| format.as_str())
            .collect();
        query = query.filter(services::format.eq_any(formats));
    }
    if !filter.modalities.is_empty() {
        query = query.filter(services::modalities.overlaps_with(texts_of(&filter.modalities)));
    }
    if !filter.languages.is_empty() {
        query = query.filter(services::languages.overlaps_with(texts_of(&filter.languages)));
    }
    if let Some(after) = after {
        query = query.filter(services::id.gt(after.uuid()));
    }
    let rows: Vec<Row> = reader.ask(query).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Locks all resources of its organisation: who books meanwhile waits, and then sees the change.
pub fn lock(transaction: &mut Transaction, id: ServiceId) {
    let lock = Statement::new(
        "SELECT id FROM resources
         WHERE organisation_id = (SELECT organisation_id FROM services WHERE id = $1)
         ORDER BY id FOR NO KEY UPDATE",
    );
    transaction.queue(lock.bind::<SqlUuid, _>(id.uuid()));
}

/// Whether a published service refuses a wish for the gender of the counsellor.
pub async fn refuses_gender_wish(reader: &mut Reader, id: ServiceId) -> Result<bool> {
    let query = services::table
        .select(services::allows_gender_wish)
        .filter(services::id.eq(id.uuid()))
        .filter(services::archived_at.is_null());
    let allows: Option<bool> = reader.ask_one(query).await?;
    Ok(allows == Some(false))
}

/// Whether sessions that are not over offer the service.
pub async fn is_offered(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    id: ServiceId,
    now: DateTime<Utc>,
) -> Result<bool> {
    let query = Statement::new(
        "SELECT service_id AS id FROM session_services
         WHERE organisation_id = $1 AND service_id = $2 AND status = 'published' AND ends_at > $3 LIMIT 1",
    );
    let query = query
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<SqlUuid, _>(id.uuid())
        .bind::<Timestamptz, _>(now);
    Ok(transaction.ask_one::<Offered, _>(query).await?.is_some())
}

#[derive(QueryableByName)]
struct Offered {
    #[diesel(sql_type = SqlUuid)]
    #[expect(dead_code, reason = "it is enough that there is a row")]
    id: Uuid,
}

/// Enters the service, and the resource that it is when its weeks have a cap.
pub fn insert(transaction: &mut Transaction, service: &Stored<Service>) {
    let Service {
        id,
        organisation_id,
        max_per_week,
        ..
    } = service.value;
    if max_per_week.is_some() {
        resources::insert(transaction, organisation_id, id.into(), "service");
    }
    transaction.queue(diesel::insert_into(services::table).values(Row::from(service)));
}

versioned!(services of Service, by ServiceId);
