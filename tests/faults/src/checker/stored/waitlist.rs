//! Who waits, and what was offered to them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use tokio_postgres::{Error, Row, Transaction};
use uuid::Uuid;

use super::beside::counted;
use super::{Counted, Trace, all, traces};
use crate::database::{id, instant, key, micros};

/// An entry of a waiting list.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) id: Uuid,
    pub(crate) organisation_id: Uuid,
    pub(crate) service_id: Uuid,
    pub(crate) code: String,
    pub(crate) joined_at: DateTime<Utc>,
    pub(crate) status: String,
    pub(crate) appointment_id: Option<Uuid>,
    pub(crate) has_contact: bool,
    /// Whether the appointment is for the same service and has the code and the secret of the entry.
    pub(crate) is_kept: bool,
}

#[derive(Debug)]
pub(crate) struct Offer {
    pub(crate) id: Uuid,
    pub(crate) entry_id: Uuid,
    pub(crate) session_id: Uuid,
    /// What the entry waits for.
    pub(crate) service_id: Uuid,
    pub(crate) starts_at: DateTime<Utc>,
    pub(crate) state: String,
    pub(crate) offered_at: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
    /// How many resources or places are claimed for it.
    pub(crate) claims: i64,
    /// When it was answered, by the events; none where it was not.
    pub(crate) answered_at: Option<DateTime<Utc>>,
}

impl Entry {
    pub(crate) fn has_ended(&self) -> bool {
        !matches!(self.status.as_str(), "waiting" | "offered")
    }
}

impl Offer {
    pub(crate) fn is_open(&self) -> bool {
        self.state == "open"
    }

    /// When it was answered or its time was over. Who left before they knew of it has answered at once.
    pub(crate) fn ended_at(&self) -> DateTime<Utc> {
        if self.is_open() {
            return self.expires_at;
        }
        let answered_at = self.answered_at.unwrap_or(self.offered_at);
        answered_at.min(self.expires_at)
    }
}

const ENTRIES: &str = concat!(
    "SELECT id::text, organisation_id::text, service_id::text, code, ",
    micros!("joined_at"),
    ", status, appointment_id::text,
       EXISTS (SELECT FROM waitlist_contacts c WHERE (c.organisation_id, c.entry_id) = (e.organisation_id, e.id)),
       EXISTS (SELECT FROM appointments a
               WHERE (a.organisation_id, a.id, a.service_id, a.code, a.secret_hash)
                   = (e.organisation_id, e.appointment_id, e.service_id, e.code, e.secret_hash))
     FROM waitlist_entries e"
);
/// An answer is the first that ends what was open of the entry.
const OFFERS: &str = concat!(
    "SELECT o.id::text, o.entry_id::text, o.session_id::text,
       (SELECT e.service_id::text FROM waitlist_entries e WHERE (e.organisation_id, e.id) = (o.organisation_id, o.entry_id)), ",
    micros!("o.starts_at"),
    ", o.state, ",
    micros!("o.offered_at"),
    ", ",
    micros!("o.expires_at"),
    ", (SELECT count(*) FROM allocations a WHERE (a.organisation_id, a.claim_id) = (o.organisation_id, o.id))
     + (SELECT count(*) FROM places p WHERE (p.organisation_id, p.claim_id) = (o.organisation_id, o.id)), ",
    "(SELECT ",
    micros!("min(v.occurred_at)"),
    " FROM outbox_events v
      WHERE v.subject_id = o.entry_id AND v.occurred_at >= o.offered_at AND o.state <> 'open'
        AND v.kind IN ('waitlist_entry.booked', 'waitlist_entry.declined', 'waitlist_entry.left',
                       'waitlist_entry.unanswered', 'waitlist_entry.expired'))
     FROM waitlist_offers o"
);
const AUDIT: &str = "SELECT subject_id::text, id::text, action FROM audit_entries
     WHERE subject_kind = 'waitlist_entry' ORDER BY id";
/// Who leaves declines what is offered, and of who has expired nobody knows whether they had an offer:
/// there the events decide, as far as they can be right.
const COUNTS: &str = "
    WITH entries AS (
        SELECT e.id, e.status, count(o.id) AS offered,
               count(*) FILTER (WHERE o.state = 'declined') AS declined,
               count(*) FILTER (WHERE o.state = 'expired') AS expired
        FROM waitlist_entries e
        LEFT JOIN waitlist_offers o ON (o.organisation_id, o.entry_id) = (e.organisation_id, e.id)
        GROUP BY e.organisation_id, e.id
    ), told AS (
        SELECT id, 'join' AS action, '{joined}' AS kinds, 1 AS at_least, 1 AS at_most FROM entries
        UNION ALL SELECT id, 'offer', '{offered}', offered, offered FROM entries
        UNION ALL SELECT id, 'accept-offer', '{booked}', (status = 'booked')::int, (status = 'booked')::int FROM entries
        UNION ALL SELECT id, 'decline-offer', '{declined}', declined - (status = 'left')::int, declined FROM entries
        UNION ALL SELECT id, 'leave', '{left}', (status = 'left')::int, (status = 'left')::int FROM entries
        UNION ALL SELECT id, 'expire', '{unanswered,expired}', expired, expired + (status = 'expired')::int FROM entries
    ), audited AS (
        SELECT subject_id AS id, action, count(*) AS audit FROM audit_entries
        WHERE subject_kind = 'waitlist_entry' GROUP BY 1, 2
    ), happened AS (
        SELECT subject_id AS id, split_part(kind, '.', 2) AS kind FROM outbox_events
        WHERE kind LIKE 'waitlist_entry.%'
    ), counted AS (
        SELECT t.id, action, at_least, at_most, coalesce(audit, 0) AS audit, count(h.id) AS events
        FROM told t LEFT JOIN audited USING (id, action)
        LEFT JOIN happened h ON h.id = t.id AND h.kind = ANY (t.kinds::text[])
        GROUP BY t.id, action, at_least, at_most, audit)
    SELECT 'waitlist_entries', id::text, action, audit, events, due, due
    FROM counted CROSS JOIN LATERAL (SELECT least(greatest(events, at_least), at_most) AS due) AS right_ones";

#[derive(Debug)]
pub(super) struct Waitlist {
    pub(super) entries: BTreeMap<Uuid, Entry>,
    pub(super) offers: BTreeMap<Uuid, Offer>,
    pub(super) audit: BTreeMap<Uuid, Vec<Trace>>,
    pub(super) counts: Vec<Counted>,
}

impl Waitlist {
    pub(super) async fn read(snapshot: &Transaction<'_>) -> Result<Self, Error> {
        let entries = all(snapshot, ENTRIES, entry).await?;
        let offers = all(snapshot, OFFERS, offer).await?;
        Ok(Self {
            entries: entries.into_iter().map(|one| (one.id, one)).collect(),
            offers: offers.into_iter().map(|one| (one.id, one)).collect(),
            audit: traces(snapshot, AUDIT).await?,
            counts: all(snapshot, COUNTS, counted).await?,
        })
    }
}

fn entry(row: &Row) -> Entry {
    Entry {
        id: key(row, 0),
        organisation_id: key(row, 1),
        service_id: key(row, 2),
        code: row.get(3),
        joined_at: instant(row, 4),
        status: row.get(5),
        appointment_id: id(row, 6),
        has_contact: row.get(7),
        is_kept: row.get(8),
    }
}

fn offer(row: &Row) -> Offer {
    let answered_at: Option<i64> = row.get(9);
    Offer {
        id: key(row, 0),
        entry_id: key(row, 1),
        session_id: key(row, 2),
        service_id: key(row, 3),
        starts_at: instant(row, 4),
        state: row.get(5),
        offered_at: instant(row, 6),
        expires_at: instant(row, 7),
        claims: row.get(8),
        answered_at: answered_at.and_then(DateTime::from_timestamp_micros),
    }
}
