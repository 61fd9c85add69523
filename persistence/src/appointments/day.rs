//! The day's list, and who waits.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::actor::Staff;
use domain::ids::{AccountId, AppointmentId, CounsellorId, OrganisationId, SiteId};
use domain::permission::{Permission, Reach, Role};
use domain::span::Span;
use uuid::Uuid;

use super::{Found, rows, select_appointment};
use crate::acting::as_staff;
use crate::database::Database;
use crate::error::Result;
use crate::statement::Statement;

/// Which appointments a list has, of those that the account may read.
#[derive(Debug, Clone)]
pub struct DayFilter {
    pub window: Span,
    pub organisation_id: Option<OrganisationId>,
    pub counsellor_id: Option<CounsellorId>,
    /// Statuses, by their names; none means all.
    pub statuses: Vec<String>,
}

/// At most `limit` appointments in the order of their starts, those after `after`, and whose list
/// it is. `None` when the account is gone.
///
/// All of the organisations in which a role of the account reaches all appointments, and where one
/// reaches the own, those of the counsellor whom the account is.
pub async fn day(
    database: &Database,
    account: AccountId,
    filter: &DayFilter,
    after: Option<(DateTime<Utc>, AppointmentId)>,
    limit: i64,
) -> Result<Option<(Staff, Vec<Found>)>> {
    let query = Statement::new(DAY)
        .bind::<SqlUuid, _>(account.uuid())
        .bind::<Array<Text>, _>(roles_that_reach(Reach::All))
        .bind::<Array<Text>, _>(roles_that_reach(Reach::Own))
        .bind::<Timestamptz, _>(filter.window.from())
        .bind::<Timestamptz, _>(filter.window.before())
        .bind::<Nullable<SqlUuid>, _>(filter.organisation_id.map(Uuid::from))
        .bind::<Nullable<SqlUuid>, _>(filter.counsellor_id.map(Uuid::from))
        .bind::<Array<Text>, _>(filter.statuses.clone())
        .bind::<Nullable<Timestamptz>, _>(after.map(|(starts_at, _)| starts_at))
        .bind::<Nullable<SqlUuid>, _>(after.map(|(_, id)| id.uuid()))
        .bind::<BigInt, _>(limit);
    let found = database
        .staff_finds::<rows::Row, Found>(account, query)
        .await?;
    let Some((staff, mut found)) = found else {
        return Ok(None);
    };
    // They come in this order; but what is joined owes none.
    found.sort_by_key(|found| (found.appointment.place.span.from(), found.appointment.id));
    Ok(Some((staff, found)))
}

/// Those who have arrived since and whose talk has not begun, who waits longest in front; at most 200.
/// Of those whom the account may see, at one site if it is given. `None` when the account is gone.
pub async fn waiting(
    database: &Database,
    account: AccountId,
    site: Option<SiteId>,
    since: DateTime<Utc>,
) -> Result<Option<(Staff, Vec<Found>)>> {
    let query = Statement::new(WAITING)
        .bind::<SqlUuid, _>(account.uuid())
        .bind::<Array<Text>, _>(roles_that_reach(Reach::All))
        .bind::<Array<Text>, _>(roles_that_reach(Reach::Own))
        .bind::<Timestamptz, _>(since)
        .bind::<Nullable<SqlUuid>, _>(site.map(Uuid::from));
    database
        .staff_finds::<rows::Row, Found>(account, query)
        .await
}

/// The appointments that the roles of the account reach. What is reached is worked out once, not for
/// each appointment.
macro_rules! of_those_reached {
    ($rest:literal) => {
        as_staff!(concat!(
            "SELECT listed.*
     FROM (SELECT array_agg(organisation_id) FILTER (WHERE role = ANY ($2)) AS organisations,
                  array_agg(counsellor_id) FILTER (WHERE role = ANY ($3)) AS counsellors
           FROM unnest(staff.staff_organisations, staff.staff_roles, staff.staff_counsellors)
                AS mine (organisation_id, role, counsellor_id)) AS reached
     CROSS JOIN LATERAL (",
            select_appointment!($rest),
            ") AS listed"
        ))
    };
}

const DAY: &str = of_those_reached!(
    "WHERE a.starts_at >= $4 AND a.starts_at < $5
           AND (a.organisation_id = ANY (reached.organisations) OR a.counsellor_id = ANY (reached.counsellors)
                OR a.second_counsellor_id = ANY (reached.counsellors))
           AND ($6::uuid IS NULL OR a.organisation_id = $6)
           AND ($7::uuid IS NULL OR $7 IN (a.counsellor_id, a.second_counsellor_id))
           AND (cardinality($8) = 0 OR a.status = ANY ($8))
           AND ($9::timestamptz IS NULL OR (a.starts_at, a.id) > ($9, $10))
         ORDER BY a.starts_at, a.id LIMIT $11"
);

const WAITING: &str = of_those_reached!(
    "WHERE a.status = 'checked_in' AND a.started_at IS NULL AND a.checked_in_at > $4
           AND (a.organisation_id = ANY (reached.organisations) OR a.counsellor_id = ANY (reached.counsellors)
                OR a.second_counsellor_id = ANY (reached.counsellors))
           AND ($5::uuid IS NULL OR a.site_id = $5)
         ORDER BY a.checked_in_at, a.id LIMIT 200"
);

pub(super) fn roles_that_reach(reach: Reach) -> Vec<String> {
    let roles = Role::ALL.into_iter();
    let reaching = roles.filter(|role| Permission::ReadAppointments.reach(*role) == reach);
    reaching.map(|role| role.to_string()).collect()
}
