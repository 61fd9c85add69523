//! Places of sessions that many attend. Whoever takes one has locked the session's counsellor and
//! room, as everybody does who claims something of them: so callers queue, and count what is there.

mod line;
mod sessions;

use chrono::{DateTime, Utc};
use diesel::sql_types::{Nullable, Timestamptz, Uuid as SqlUuid};
use domain::ids::{OrganisationId, SessionId};
use uuid::Uuid;

pub(crate) use line::parsed;
pub(crate) use sessions::{follow, follow_schedule, set_capacity};
pub use sessions::{follow_service, release_service};

use crate::statement::Statement;
use crate::transaction::Transaction;

/// The constraints whose violation means that no place was left.
pub const TAKEN: [&str; 2] = ["places_pkey", "places_number"];

/// The constraint whose violation means that more have booked than would have room.
pub const WITHIN_CAPACITY: &str = "places_within_capacity";

/// A place that an appointment or a hold takes.
#[derive(Debug)]
pub(crate) struct NewPlace {
    pub organisation: OrganisationId,
    pub session: SessionId,
    pub claim_id: Uuid,
    /// For good when there is none.
    pub expires_at: Option<DateTime<Utc>>,
    pub kept_for: Option<OrganisationId>,
}

impl NewPlace {
    /// The lowest free number, behind what has expired; without one, `places_number` refuses.
    pub(crate) fn insert(&self, transaction: &mut Transaction, now: DateTime<Utc>) {
        transaction.in_order();
        transaction.write(
            Statement::new(
                "DELETE FROM places WHERE organisation_id = $1 AND session_id = $2 AND expires_at <= $3",
            )
            .bind::<SqlUuid, _>(self.organisation.uuid())
            .bind::<SqlUuid, _>(self.session.uuid())
            .bind::<Timestamptz, _>(now),
        );
        transaction.in_order();
        transaction.write(
            Statement::new(TAKE)
                .bind::<SqlUuid, _>(self.organisation.uuid())
                .bind::<SqlUuid, _>(self.session.uuid())
                .bind::<SqlUuid, _>(self.claim_id)
                .bind::<Nullable<Timestamptz>, _>(self.expires_at)
                .bind::<Nullable<SqlUuid>, _>(self.kept_for.map(OrganisationId::uuid)),
        );
    }
}

/// Frees the place of an appointment or a hold, if it has one.
pub(crate) fn free(transaction: &mut Transaction, organisation: OrganisationId, claim_id: Uuid) {
    transaction.write(
        Statement::new("DELETE FROM places WHERE organisation_id = $1 AND claim_id = $2")
            .bind::<SqlUuid, _>(organisation.uuid())
            .bind::<SqlUuid, _>(claim_id),
    );
}

const TAKE: &str = "
    INSERT INTO places (organisation_id, session_id, number, capacity, claim_id, expires_at, kept_for)
    SELECT $1, $2, coalesce((
               SELECT min(n) FROM generate_series(1, s.capacity) AS n
               WHERE NOT EXISTS (SELECT FROM places p
                                 WHERE p.organisation_id = $1 AND p.session_id = $2 AND p.number = n)), 0),
           s.capacity, $3, $4, $5
    FROM sessions s WHERE s.organisation_id = $1 AND s.id = $2";
