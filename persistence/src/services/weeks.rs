//! A service whose weeks get a cap: what is booked already takes its places.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Timestamptz, Uuid as SqlUuid};
use domain::service::Service;

use crate::statement::Statement;
use crate::transaction::Transaction;

/// A service that was capped before is a resource still.
const BECOME_A_RESOURCE: &str = "
    INSERT INTO resources (organisation_id, id, kind) VALUES ($1, $2, 'service') ON CONFLICT DO NOTHING";

/// From a cap before this one.
const FREE_PLACES: &str = "DELETE FROM allocations WHERE organisation_id = $1 AND resource_id = $2";

/// Everything that has a claim from the week before now on, in the order of time. Where there is
/// more than the cap allows, the week is full.
const TAKE_PLACES: &str = "
    INSERT INTO allocations (organisation_id, resource_id, claim_id, claimed_by_organisation_id, kind,
        starts_at, ends_at, expires_at)
    SELECT $1, $2, placed.id, $1, placed.kind, placed.place, placed.place + interval '1 minute', placed.expires_at
    FROM (
        SELECT t.id, t.kind, t.expires_at,
               t.week + (row_number() OVER (PARTITION BY t.week ORDER BY t.starts_at, t.id) - 1) * interval '1 minute' AS place
        FROM (
            SELECT a.id, 'appointment' AS kind, NULL::timestamptz AS expires_at, a.starts_at,
                   date_trunc('week', a.starts_at AT TIME ZONE a.time_zone) AT TIME ZONE 'UTC' AS week
            FROM appointments a
            WHERE a.organisation_id = $1 AND a.service_id = $2 AND a.status <> 'cancelled'
              AND a.starts_at > $3::timestamptz - interval '8 days'
            UNION ALL
            SELECT h.id, 'hold', h.expires_at, h.starts_at,
                   date_trunc('week', h.starts_at AT TIME ZONE p.time_zone) AT TIME ZONE 'UTC'
            FROM holds h
            JOIN sessions s ON s.organisation_id = h.organisation_id AND s.id = h.session_id
            JOIN sites p ON p.organisation_id = s.organisation_id AND p.id = s.site_id
            WHERE h.organisation_id = $1 AND h.service_id = $2 AND h.expires_at > $3
        ) t
    ) placed";

/// Call it under the locks of all resources of the organisation: nobody books meanwhile.
pub fn count_weeks(transaction: &mut Transaction, service: &Service, now: DateTime<Utc>) {
    for text in [BECOME_A_RESOURCE, FREE_PLACES] {
        transaction.queue(
            Statement::new(text)
                .bind::<SqlUuid, _>(service.organisation_id.uuid())
                .bind::<SqlUuid, _>(service.id.uuid()),
        );
    }
    transaction.queue(
        Statement::new(TAKE_PLACES)
            .bind::<SqlUuid, _>(service.organisation_id.uuid())
            .bind::<SqlUuid, _>(service.id.uuid())
            .bind::<Timestamptz, _>(now),
    );
}
