//! What becomes of an entry, written under its lock.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use diesel::sql_types::{Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::booking::Claimed;
use domain::ids::WaitlistOfferId;
use domain::waitlist::{EntryStatus, SlotOffer, WaitlistEntry};
use uuid::Uuid;

use super::rounds::wake;
use crate::claims::{NewClaim, release};
use crate::statement::Statement;
use crate::transaction::Transaction;

/// What happened to an entry that is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Accepted(WaitlistOfferId),
    Declined(WaitlistOfferId),
    /// Left, whatever was offered.
    Left(Option<WaitlistOfferId>),
    /// Nobody answered, or the entry has waited long enough.
    TimePassed(Option<WaitlistOfferId>),
}

impl Change {
    const fn event(self, status: &EntryStatus) -> &'static str {
        match (self, status) {
            (Self::Accepted(_), _) => "waitlist_entry.booked",
            (Self::Declined(_), _) => "waitlist_entry.declined",
            (Self::Left(_), _) => "waitlist_entry.left",
            (Self::TimePassed(_), EntryStatus::Waiting) => "waitlist_entry.unanswered",
            (Self::TimePassed(_), _) => "waitlist_entry.expired",
        }
    }

    /// The offer that it answers, and how.
    const fn answer(self) -> Option<(WaitlistOfferId, &'static str)> {
        match self {
            Self::Accepted(id) => Some((id, "accepted")),
            Self::Declined(id) | Self::Left(Some(id)) => Some((id, "declined")),
            Self::TimePassed(Some(id)) => Some((id, "expired")),
            Self::Left(None) | Self::TimePassed(None) => None,
        }
    }
}

/// Holds the slot for a locked entry, and stores what is offered.
pub fn insert_offer(
    transaction: &mut Transaction,
    entry: &WaitlistEntry,
    (offer, time_zone): (&SlotOffer, Tz),
    claimed: &Claimed,
    now: DateTime<Utc>,
) {
    let claim = NewClaim {
        organisation: entry.organisation_id,
        id: offer.id.uuid(),
        claimed,
        expires_at: Some(offer.expires_at),
        kept_for: None,
        now,
    };
    claim.insert(transaction);
    transaction.write(
        Statement::new(
            "INSERT INTO waitlist_offers (organisation_id, id, entry_id, session_id, site_id, counsellor_id, starts_at,
                 ends_at, time_zone, modality, offered_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        )
        .bind::<SqlUuid, _>(entry.organisation_id.uuid())
        .bind::<SqlUuid, _>(offer.id.uuid())
        .bind::<SqlUuid, _>(entry.id.uuid())
        .bind::<SqlUuid, _>(offer.session_id.uuid())
        .bind::<SqlUuid, _>(offer.site_id.uuid())
        .bind::<SqlUuid, _>(offer.counsellor_id.uuid())
        .bind::<Timestamptz, _>(offer.span.from())
        .bind::<Timestamptz, _>(offer.span.before())
        .bind::<Text, _>(time_zone.name())
        .bind::<Text, _>(offer.modality.to_string())
        .bind::<Timestamptz, _>(offer.offered_at)
        .bind::<Timestamptz, _>(offer.expires_at),
    );
    update(transaction, entry);
    happened(transaction, "waitlist_entry.offered", entry, now);
}

/// Stores what a locked entry has become, and frees what was held for it. A claim in its place has
/// to come behind it.
pub fn save_change(
    transaction: &mut Transaction,
    entry: &WaitlistEntry,
    change: Change,
    now: DateTime<Utc>,
) {
    let organisation = entry.organisation_id;
    // Behind the entry before it.
    transaction.in_order();
    if let Some((id, state)) = change.answer() {
        release(transaction, organisation, id.uuid());
        transaction.write(
            Statement::new(
                "UPDATE waitlist_offers SET state = $3 WHERE organisation_id = $1 AND id = $2",
            )
            .bind::<SqlUuid, _>(organisation.uuid())
            .bind::<SqlUuid, _>(id.uuid())
            .bind::<Text, _>(state),
        );
    }
    if entry.status.ended_at().is_some() {
        transaction.write(
            Statement::new(
                "DELETE FROM waitlist_contacts WHERE organisation_id = $1 AND entry_id = $2",
            )
            .bind::<SqlUuid, _>(organisation.uuid())
            .bind::<SqlUuid, _>(entry.id.uuid()),
        );
    }
    if entry.status == EntryStatus::Waiting {
        wake(transaction, organisation, now);
    }
    happened(transaction, change.event(&entry.status), entry, now);
    update(transaction, entry);
}

/// Stores the status of a locked entry, and its turn. An appointment may be stored behind it.
fn update(transaction: &mut Transaction, entry: &WaitlistEntry) {
    let appointment = match entry.status {
        EntryStatus::Booked { appointment_id, .. } => Some(appointment_id.uuid()),
        _ => None,
    };
    transaction.write(
        Statement::new(
            "UPDATE waitlist_entries SET status = $3, queued_at = $4, unanswered = $5, ended_at = $6, appointment_id = $7
             WHERE organisation_id = $1 AND id = $2",
        )
        .bind::<SqlUuid, _>(entry.organisation_id.uuid())
        .bind::<SqlUuid, _>(entry.id.uuid())
        .bind::<Text, _>(entry.status.as_str())
        .bind::<Timestamptz, _>(entry.queued_at)
        .bind::<Integer, _>(i32::try_from(entry.unanswered).unwrap_or(i32::MAX))
        .bind::<Nullable<Timestamptz>, _>(entry.status.ended_at())
        .bind::<Nullable<SqlUuid>, _>(appointment),
    );
}

pub(super) fn happened(
    transaction: &mut Transaction,
    kind: &'static str,
    entry: &WaitlistEntry,
    now: DateTime<Utc>,
) {
    transaction.write(
        Statement::new(
            "INSERT INTO outbox_events (organisation_id, id, kind, subject_id, occurred_at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind::<SqlUuid, _>(entry.organisation_id.uuid())
        .bind::<SqlUuid, _>(Uuid::now_v7())
        .bind::<Text, _>(kind)
        .bind::<SqlUuid, _>(entry.id.uuid())
        .bind::<Timestamptz, _>(now),
    );
}
