mod beside;
mod tickets;
mod timetable;
mod waitlist;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use tokio_postgres::{Error, Row, Transaction};
use uuid::Uuid;

use crate::database::{connect, id, instant, key, micros};
use crate::history::{Snapshot, Stopwatch};
use crate::workload::snapshots::look;
use beside::Beside;
pub(crate) use beside::{Counted, Course, Interpreter, Proposal, Seat, Series};
pub(crate) use tickets::{Ticket, Tickets};
use timetable::{SERVICES, SESSIONS, UNAVAILABLE, service, session, unavailable};
pub(crate) use timetable::{Service, Session, Unavailable};
use waitlist::Waitlist;
pub(crate) use waitlist::{Entry, Offer};

/// The data base as one snapshot at the end.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) appointments: BTreeMap<Uuid, Appointment>,
    pub(crate) allocations: Vec<Allocation>,
    pub(crate) holds: BTreeMap<Uuid, Hold>,
    /// The appointments that have one.
    pub(crate) contacts: Vec<Uuid>,
    /// Of appointments, in the order of their ids.
    pub(crate) audit: BTreeMap<Uuid, Vec<Trace>>,
    pub(crate) events: BTreeMap<Uuid, Vec<Trace>>,
    pub(crate) sessions: BTreeMap<Uuid, Session>,
    pub(crate) services: BTreeMap<Uuid, Service>,
    pub(crate) unavailable: Vec<Unavailable>,
    pub(crate) places: Vec<Seat>,
    pub(crate) series: BTreeMap<Uuid, Series>,
    pub(crate) courses: BTreeMap<Uuid, Course>,
    pub(crate) proposals: BTreeMap<Uuid, Proposal>,
    /// How many pieces there are of each equipment.
    pub(crate) equipment: BTreeMap<Uuid, i64>,
    /// Of which equipment each piece is.
    pub(crate) pieces: BTreeMap<Uuid, Uuid>,
    /// Who interprets, and what.
    pub(crate) interpreters: Vec<Interpreter>,
    pub(crate) counts: Vec<Counted>,
    /// When staff meet, and have not cancelled it.
    pub(crate) meetings: BTreeSet<Uuid>,
    /// Who waits, or has waited.
    pub(crate) entries: BTreeMap<Uuid, Entry>,
    /// What was offered to them.
    pub(crate) offers: BTreeMap<Uuid, Offer>,
    /// Of entries, in the order of their ids.
    pub(crate) entry_audit: BTreeMap<Uuid, Vec<Trace>>,
    /// Of open hours.
    pub(crate) tickets: Tickets,
    pub(crate) fit: Snapshot,
}

#[derive(Debug)]
pub(crate) struct Appointment {
    pub(crate) id: Uuid,
    pub(crate) organisation_id: Uuid,
    pub(crate) code: String,
    pub(crate) session_id: Uuid,
    pub(crate) service_id: Uuid,
    pub(crate) counsellor_id: Uuid,
    pub(crate) room_id: Option<Uuid>,
    pub(crate) interpreter_id: Option<Uuid>,
    /// Into which language somebody interprets, if anybody does.
    pub(crate) interpreted: Option<String>,
    /// Who comes along to a visit.
    pub(crate) second_counsellor_id: Option<Uuid>,
    pub(crate) series_id: Option<Uuid>,
    pub(crate) starts_at: DateTime<Utc>,
    pub(crate) ends_at: DateTime<Utc>,
    pub(crate) status: String,
    pub(crate) booked_at: DateTime<Utc>,
    pub(crate) version: i64,
}

#[derive(Debug)]
pub(crate) struct Hold {
    pub(crate) session_id: Uuid,
    pub(crate) service_id: Uuid,
    pub(crate) starts_at: DateTime<Utc>,
}

#[derive(Debug)]
pub(crate) struct Allocation {
    pub(crate) resource: Uuid,
    pub(crate) claim: Uuid,
    pub(crate) starts_at: DateTime<Utc>,
    pub(crate) ends_at: DateTime<Utc>,
}

/// An audit entry or an event.
#[derive(Debug, Clone)]
pub(crate) struct Trace {
    pub(crate) id: Uuid,
    /// As the audit says it: `book`, `reschedule`, `accept-proposal`, `approve`, `decline`, `expire`,
    /// `cancel`, `check-in`, `call`, `start`, `complete`, `no-show`.
    pub(crate) action: String,
}

impl Trace {
    /// The word of the event: it tells `cancel` for each way to be cancelled, and `reschedule` for
    /// each way to be moved.
    pub(crate) fn word(&self) -> &str {
        match self.action.as_str() {
            "decline" | "expire" => "cancel",
            "accept-proposal" => "reschedule",
            action => action,
        }
    }
}

const APPOINTMENTS: &str = concat!(
    "SELECT id::text, organisation_id::text, code, session_id::text, service_id::text, counsellor_id::text,
            room_id::text, interpreter_id::text, series_id::text, ",
    micros!("starts_at"), ", ", micros!("ends_at"), ", status, ", micros!("booked_at"), ", version, second_counsellor_id::text,
            CASE WHEN interpreter_id IS NOT NULL THEN language END FROM appointments"
);
const ALLOCATIONS: &str = concat!(
    "SELECT resource_id::text, claim_id::text, ",
    micros!("starts_at"),
    ", ",
    micros!("ends_at"),
    " FROM allocations ORDER BY resource_id, starts_at, claim_id"
);
const HOLDS: &str = concat!(
    "SELECT id::text, session_id::text, service_id::text, ",
    micros!("starts_at"),
    " FROM holds"
);
const CONTACTS: &str = "SELECT appointment_id::text FROM contacts";
const AUDIT: &str = "SELECT subject_id::text, id::text, action FROM audit_entries
     WHERE subject_kind = 'appointment' ORDER BY id";
const EVENTS: &str = "SELECT subject_id::text, id::text,
            CASE kind WHEN 'appointment.booked' THEN 'book' WHEN 'appointment.requested' THEN 'book'
                WHEN 'appointment.approved' THEN 'approve' WHEN 'appointment.moved' THEN 'reschedule'
                WHEN 'appointment.cancelled' THEN 'cancel' WHEN 'appointment.checked_in' THEN 'check-in'
                WHEN 'appointment.called' THEN 'call'
                WHEN 'appointment.started' THEN 'start' WHEN 'appointment.completed' THEN 'complete' WHEN 'appointment.no_show' THEN 'no-show' ELSE kind END
     FROM outbox_events WHERE kind LIKE 'appointment.%' ORDER BY id";
const MEETINGS: &str = "SELECT id::text FROM meeting_dates WHERE cancelled_at IS NULL";

impl Stored {
    pub(crate) async fn read(url: &str) -> Result<Self, Error> {
        let mut client = connect(url).await?;
        let fit = look(&client, &Stopwatch::start()).await?;
        let snapshot = client.transaction().await?;
        let sessions = all(&snapshot, SESSIONS, session).await?;
        let services = all(&snapshot, SERVICES, service).await?;
        let appointments = all(&snapshot, APPOINTMENTS, appointment).await?;
        let holds = all(&snapshot, HOLDS, hold).await?;
        let beside = Beside::read(&snapshot).await?;
        let meetings = all(&snapshot, MEETINGS, |row| key(row, 0)).await?;
        let waitlist = Waitlist::read(&snapshot).await?;
        Ok(Self {
            appointments: appointments.into_iter().map(|one| (one.id, one)).collect(),
            allocations: all(&snapshot, ALLOCATIONS, allocation).await?,
            holds: holds.into_iter().collect(),
            contacts: all(&snapshot, CONTACTS, |row| key(row, 0)).await?,
            audit: traces(&snapshot, AUDIT).await?,
            events: traces(&snapshot, EVENTS).await?,
            sessions: sessions.into_iter().collect(),
            services: services.into_iter().collect(),
            unavailable: all(&snapshot, UNAVAILABLE, unavailable).await?,
            places: beside.places,
            series: beside.series,
            courses: beside.courses,
            proposals: beside.proposals,
            equipment: beside.equipment,
            pieces: beside.pieces,
            interpreters: beside.interpreters,
            counts: beside.counts.into_iter().chain(waitlist.counts).collect(),
            meetings: meetings.into_iter().collect(),
            entries: waitlist.entries,
            offers: waitlist.offers,
            entry_audit: waitlist.audit,
            tickets: Tickets::read(&snapshot).await?,
            fit,
        })
    }

    pub(crate) fn audit_of(&self, appointment: Uuid) -> &[Trace] {
        self.audit.get(&appointment).map_or(&[], Vec::as_slice)
    }

    /// The entry from whose offer the appointment came, if it came so.
    pub(crate) fn entry_of(&self, appointment: Uuid) -> Option<&Entry> {
        let mut entries = self.entries.values();
        entries.find(|entry| entry.appointment_id == Some(appointment))
    }

    pub(crate) fn events_of(&self, appointment: Uuid) -> &[Trace] {
        self.events.get(&appointment).map_or(&[], Vec::as_slice)
    }
}

async fn all<T>(
    snapshot: &Transaction<'_>,
    query: &str,
    read: impl Fn(&Row) -> T,
) -> Result<Vec<T>, Error> {
    Ok(snapshot.query(query, &[]).await?.iter().map(read).collect())
}

async fn traces(
    snapshot: &Transaction<'_>,
    query: &str,
) -> Result<BTreeMap<Uuid, Vec<Trace>>, Error> {
    let mut traces: BTreeMap<Uuid, Vec<Trace>> = BTreeMap::new();
    for row in snapshot.query(query, &[]).await? {
        let trace = Trace {
            id: key(&row, 1),
            action: row.get(2),
        };
        traces.entry(key(&row, 0)).or_default().push(trace);
    }
    Ok(traces)
}

fn appointment(row: &Row) -> Appointment {
    Appointment {
        id: key(row, 0),
        organisation_id: key(row, 1),
        code: row.get(2),
        session_id: key(row, 3),
        service_id: key(row, 4),
        counsellor_id: key(row, 5),
        room_id: id(row, 6),
        interpreter_id: id(row, 7),
        second_counsellor_id: id(row, 14),
        interpreted: row.get(15),
        series_id: id(row, 8),
        starts_at: instant(row, 9),
        ends_at: instant(row, 10),
        status: row.get(11),
        booked_at: instant(row, 12),
        version: row.get(13),
    }
}

fn hold(row: &Row) -> (Uuid, Hold) {
    let hold = Hold {
        session_id: key(row, 1),
        service_id: key(row, 2),
        starts_at: instant(row, 3),
    };
    (key(row, 0), hold)
}

fn allocation(row: &Row) -> Allocation {
    Allocation {
        resource: key(row, 0),
        claim: key(row, 1),
        starts_at: instant(row, 2),
        ends_at: instant(row, 3),
    }
}
