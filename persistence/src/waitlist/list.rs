use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::actor::Staff;
use domain::ids::{AccountId, OrganisationId, ServiceId, WaitlistEntryId};
use domain::permission::{Permission, Reach, Role};
use uuid::Uuid;

use super::{Found, rows, select_entry};
use crate::acting::as_staff;
use crate::database::Database;
use crate::error::Result;
use crate::statement::Statement;

/// Which entries a list has, of those that the account may see.
#[derive(Debug, Clone)]
pub struct EntryFilter {
    pub organisation_id: Option<OrganisationId>,
    pub service_id: Option<ServiceId>,
    /// Statuses, by their names; none means all.
    pub statuses: Vec<String>,
}

/// At most `limit` entries from the front of the line, those after `after`, and whose list it is.
/// `None` when the account is gone.
pub async fn list(
    database: &Database,
    account: AccountId,
    filter: &EntryFilter,
    after: Option<(DateTime<Utc>, WaitlistEntryId)>,
    limit: i64,
) -> Result<Option<(Staff, Vec<Found>)>> {
    let roles = Role::ALL.into_iter();
    let roles = roles.filter(|role| Permission::ManageWaitlist.reach(*role) == Reach::All);
    let query = Statement::new(LIST)
        .bind::<SqlUuid, _>(account.uuid())
        .bind::<Array<Text>, _>(roles.map(|role| role.to_string()).collect::<Vec<_>>())
        .bind::<Nullable<SqlUuid>, _>(filter.organisation_id.map(Uuid::from))
        .bind::<Nullable<SqlUuid>, _>(filter.service_id.map(Uuid::from))
        .bind::<Array<Text>, _>(filter.statuses.clone())
        .bind::<Nullable<Timestamptz>, _>(after.map(|(queued_at, _)| queued_at))
        .bind::<Nullable<SqlUuid>, _>(after.map(|(_, id)| id.uuid()))
        .bind::<BigInt, _>(limit);
    let found = database
        .staff_finds::<rows::Row, Found>(account, query)
        .await?;
    let Some((staff, mut found)) = found else {
        return Ok(None);
    };
    // They come in this order; but what is joined owes none.
    found.sort_by_key(|found| (found.entry.queued_at, found.entry.id));
    Ok(Some((staff, found)))
}

const LIST: &str = as_staff!(concat!(
    "SELECT listed.*
     FROM (SELECT array_agg(organisation_id) FILTER (WHERE role = ANY ($2)) AS organisations
           FROM unnest(staff.staff_organisations, staff.staff_roles) AS mine (organisation_id, role)) AS reached
     CROSS JOIN LATERAL (",
    select_entry!(
        "WHERE e.organisation_id = ANY (reached.organisations)
           AND ($3::uuid IS NULL OR e.organisation_id = $3)
           AND ($4::uuid IS NULL OR e.service_id = $4)
           AND (cardinality($5) = 0 OR e.status = ANY ($5))
           AND ($6::timestamptz IS NULL OR (e.queued_at, e.id) > ($6, $7))
         ORDER BY e.queued_at, e.id LIMIT $8"
    ),
    ") AS listed"
));
