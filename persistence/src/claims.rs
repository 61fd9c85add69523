//! Claims on resources. Two that overlap cannot exist: `allocations_never_overlap` sees to that.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::sql_types::{Array, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::booking::Claimed;
use domain::ids::{OrganisationId, ResourceId, SessionId};
use domain::span::Span;
use uuid::Uuid;

use crate::places::{self, NewPlaces};
use crate::statement::Statement;
use crate::stored::uuids_of;
use crate::transaction::Transaction;

/// The constraint whose violation means that somebody else was first.
pub const NEVER_OVERLAP: &str = "allocations_never_overlap";

/// What is violated by a claim of a room on loan for which its quota does not suffice.
pub const WITHIN_QUOTA: &str = "allocations_within_quota";

/// A claim on everything that a booking takes.
#[derive(Debug)]
pub(crate) struct NewClaim<'a> {
    pub organisation: OrganisationId,
    pub id: Uuid,
    pub claimed: &'a Claimed,
    /// For good when there is none.
    pub expires_at: Option<DateTime<Utc>>,
    /// For whose visitors a place is booked, if for a partner's.
    pub kept_for: Option<OrganisationId>,
    pub now: DateTime<Utc>,
}

impl NewClaim<'_> {
    pub(crate) fn insert(&self, transaction: &mut Transaction) {
        let Some(session) = self.claimed.place_in else {
            let kind = if self.expires_at.is_some() {
                "hold"
            } else {
                "appointment"
            };
            return self.claim(transaction, self.id, kind);
        };
        if !self.claimed.resources.is_empty() {
            self.claim(transaction, session.uuid(), "session");
        }
        self.take_place(transaction, session);
    }

    fn take_place(&self, transaction: &mut Transaction, session: SessionId) {
        let places = NewPlaces {
            organisation: self.organisation,
            taken: vec![(session, self.id)],
            expires_at: self.expires_at,
            kept_for: self.kept_for,
        };
        places.insert(transaction, self.now);
    }

    /// The claim of a session stays when its first booking goes.
    fn claim(&self, transaction: &mut Transaction, claim_id: Uuid, kind: &'static str) {
        let Claimed {
            span, resources, ..
        } = self.claimed;
        let expires_at = self.expires_at.filter(|_| kind == "hold");
        transaction.write(
            Statement::new(
                "INSERT INTO allocations (organisation_id, resource_id, claim_id, claimed_by_organisation_id, kind,
                     starts_at, ends_at, expires_at)
                 SELECT $1, resource_id, $3, $1, $4, $5, $6, $7 FROM unnest($2) AS resource_id ORDER BY 2",
            )
            .bind::<SqlUuid, _>(self.organisation.uuid())
            .bind::<Array<SqlUuid>, _>(uuids_of(resources))
            .bind::<SqlUuid, _>(claim_id)
            .bind::<Text, _>(kind)
            .bind::<Timestamptz, _>(span.from())
            .bind::<Timestamptz, _>(span.before())
            .bind::<Nullable<Timestamptz>, _>(expires_at),
        );
        for (resource, span) in self.claimed.apart() {
            self.take(transaction, kind, resource, span);
        }
    }

    fn take(
        &self,
        transaction: &mut Transaction,
        kind: &'static str,
        resource: ResourceId,
        span: Span,
    ) {
        transaction.write(
            Statement::new(
                "INSERT INTO allocations (organisation_id, resource_id, claim_id, claimed_by_organisation_id, kind,
                     starts_at, ends_at, expires_at)
                 VALUES ($1, $2, $3, $1, $4, $5, $6, $7)",
            )
            .bind::<SqlUuid, _>(self.organisation.uuid())
            .bind::<SqlUuid, _>(resource.uuid())
            .bind::<SqlUuid, _>(self.id)
            .bind::<Text, _>(kind)
            .bind::<Timestamptz, _>(span.from())
            .bind::<Timestamptz, _>(span.before())
            .bind::<Nullable<Timestamptz>, _>(self.expires_at),
        );
    }
}

/// Removes what is left of expired holds wherever it could be in the way of a claim for a slot;
/// none is longer than a day (`allocations_length`), and a place in a week of its service lies in it.
pub(crate) fn remove_expired(
    transaction: &mut Transaction,
    (organisation, starts_at): (OrganisationId, DateTime<Utc>),
    resources: &[Uuid],
    now: DateTime<Utc>,
) {
    transaction.queue(
        Statement::new(
            "DELETE FROM allocations
             WHERE organisation_id = $1 AND resource_id = ANY ($2) AND expires_at <= $3
               AND starts_at > $4::timestamptz - interval '9 days' AND starts_at < $4 + interval '48 hours'",
        )
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<Array<SqlUuid>, _>(resources.to_vec())
        .bind::<Timestamptz, _>(now)
        .bind::<Timestamptz, _>(starts_at),
    );
}

/// Likewise on the owners' rooms behind rooms on loan, from one start to another: whoever holds those
/// is none of the organisation's.
pub(crate) fn clear_lent(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    resources: &[Uuid],
    (first, last): (DateTime<Utc>, DateTime<Utc>),
    now: DateTime<Utc>,
) {
    transaction.queue(
        Statement::new("SELECT clear_lent($1, $2, $3, $4, $5)")
            .bind::<SqlUuid, _>(organisation.uuid())
            .bind::<Array<SqlUuid>, _>(resources.to_vec())
            .bind::<Timestamptz, _>(now)
            .bind::<Timestamptz, _>(first)
            // No claim is longer than a day.
            .bind::<Timestamptz, _>(last + TimeDelta::hours(24)),
    );
}

/// Frees what an appointment or hold has claimed. A claim in its place has to come behind it: see
/// [`Transaction::in_order`].
pub(crate) fn release(transaction: &mut Transaction, organisation: OrganisationId, claim_id: Uuid) {
    transaction.write(
        Statement::new("DELETE FROM allocations WHERE organisation_id = $1 AND claim_id = $2")
            .bind::<SqlUuid, _>(organisation.uuid())
            .bind::<SqlUuid, _>(claim_id),
    );
    places::free(transaction, organisation, claim_id);
}

/// Locks the resources on which an appointment or hold has claims.
pub(crate) fn lock_claimed(organisation: OrganisationId, claim_id: Uuid) -> Statement<'static> {
    Statement::new(
        "SELECT r.id FROM resources r
         WHERE r.organisation_id = $1 AND r.id IN (
             SELECT a.resource_id FROM allocations a WHERE a.organisation_id = $1 AND a.claim_id = $2
             UNION ALL
             SELECT unnest(ARRAY[s.counsellor_id, s.room_id]) FROM places p
             JOIN sessions s ON s.organisation_id = $1 AND s.id = p.session_id
             WHERE p.organisation_id = $1 AND p.claim_id = $2)
         ORDER BY r.id
         FOR NO KEY UPDATE OF r",
    )
    .bind::<SqlUuid, _>(organisation.uuid())
    .bind::<SqlUuid, _>(claim_id)
}
