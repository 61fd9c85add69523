//! Places of sessions that many attend. Whoever takes one has locked the session's counsellor and
//! room, as everybody does who claims something of them: so callers queue, and count what is there.

mod line;
mod sessions;

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Nullable, Timestamptz, Uuid as SqlUuid};
use domain::ids::{OrganisationId, SessionId};
use uuid::Uuid;

pub(crate) use line::parsed;
pub(crate) use sessions::{follow, follow_schedule, set_capacity, set_capacity_of_all};
pub use sessions::{follow_service, release_service};

use crate::statement::Statement;
use crate::stored::uuids_of;
use crate::transaction::Transaction;

/// The constraints whose violation means that no place was left.
pub const TAKEN: [&str; 2] = ["places_pkey", "places_number"];

/// The constraint whose violation means that more have booked than would have room.
pub const WITHIN_CAPACITY: &str = "places_within_capacity";

/// Places that appointments or a hold take: one in each session.
#[derive(Debug)]
pub(crate) struct NewPlaces {
    pub organisation: OrganisationId,
    /// Of which session, and by whom.
    pub taken: Vec<(SessionId, Uuid)>,
    /// For good when there is none.
    pub expires_at: Option<DateTime<Utc>>,
    pub kept_for: Option<OrganisationId>,
}

impl NewPlaces {
    /// The lowest free number, behind what has expired; without one, `places_number` refuses.
    pub(crate) fn insert(&self, transaction: &mut Transaction, now: DateTime<Utc>) {
        if self.taken.is_empty() {
            return;
        }
        let (sessions, claims): (Vec<_>, Vec<_>) = self.taken.iter().copied().unzip();
        let sessions = uuids_of(&sessions);
        transaction.in_order();
        transaction.write(
            Statement::new(EXPIRED)
                .bind::<SqlUuid, _>(self.organisation.uuid())
                .bind::<Array<SqlUuid>, _>(sessions.clone())
                .bind::<Timestamptz, _>(now),
        );
        transaction.in_order();
        transaction.write(
            Statement::new(TAKE)
                .bind::<SqlUuid, _>(self.organisation.uuid())
                .bind::<Array<SqlUuid>, _>(sessions)
                .bind::<Array<SqlUuid>, _>(claims)
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

/// In some sessions. Asked so that it goes by their places, few as these are, and not by all that
/// ever expired.
pub(crate) const EXPIRED: &str = "
    DELETE FROM places
    WHERE organisation_id = $1 AND session_id = ANY ($2) AND coalesce(expires_at, 'infinity') <= $3";

const TAKE: &str = "
    INSERT INTO places (organisation_id, session_id, number, capacity, claim_id, expires_at, kept_for)
    SELECT $1, s.id, coalesce((
               SELECT min(n) FROM generate_series(1, s.capacity) AS n
               WHERE NOT EXISTS (SELECT FROM places p
                                 WHERE p.organisation_id = $1 AND p.session_id = s.id AND p.number = n)), 0),
           s.capacity, taken.claim_id, $4, $5
    FROM unnest($2, $3) AS taken (session_id, claim_id)
    JOIN sessions s ON s.organisation_id = $1 AND s.id = taken.session_id";
