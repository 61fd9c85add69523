//! What appointments have beside themselves: places, series, proposals, and what they take.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use tokio_postgres::{Error, Row, Transaction};
use uuid::Uuid;

use super::all;
use crate::database::{id, ids, instant, key, micros};

/// A place of a group that is taken.
#[derive(Debug)]
pub(crate) struct Seat {
    pub(crate) session_id: Uuid,
    pub(crate) number: i32,
    pub(crate) claim: Uuid,
}

#[derive(Debug)]
pub(crate) struct Series {
    pub(crate) id: Uuid,
    pub(crate) service_id: Uuid,
    pub(crate) booked_at: DateTime<Utc>,
    pub(crate) is_course: bool,
}

/// Sessions that are booked as one.
#[derive(Debug)]
pub(crate) struct Course {
    pub(crate) service_id: Uuid,
    pub(crate) sessions: Vec<Uuid>,
}

#[derive(Debug)]
pub(crate) struct Proposal {
    pub(crate) id: Uuid,
    pub(crate) organisation_id: Uuid,
    pub(crate) appointment_id: Uuid,
    pub(crate) session_id: Uuid,
    pub(crate) service_id: Uuid,
    pub(crate) counsellor_id: Uuid,
    pub(crate) room_id: Option<Uuid>,
    pub(crate) starts_at: DateTime<Utc>,
    pub(crate) state: String,
    pub(crate) proposed_at: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
    /// How many resources are claimed for it.
    pub(crate) claims: i64,
}

#[derive(Debug)]
pub(crate) struct Interpreter {
    pub(crate) organisation_id: Uuid,
    pub(crate) counsellor_id: Uuid,
    pub(crate) languages: Vec<String>,
}

/// How many audit entries and events tell of something, and how many should.
#[derive(Debug)]
pub(crate) struct Counted {
    pub(crate) table: String,
    pub(crate) id: Uuid,
    pub(crate) action: String,
    pub(crate) audit: i64,
    pub(crate) events: i64,
    pub(crate) due: [i64; 2],
}

impl Counted {
    pub(crate) fn is_right(&self) -> bool {
        [self.audit, self.events] == self.due
    }
}

const PLACES: &str = "SELECT session_id::text, number, claim_id::text FROM places
     ORDER BY session_id, number";
const SERIES: &str = concat!(
    "SELECT id::text, service_id::text, ",
    micros!("booked_at"),
    ", course_id IS NOT NULL FROM series"
);
const COURSES: &str = "SELECT id::text, service_id::text,
            ARRAY(SELECT d.session_id::text FROM course_dates d
                  WHERE (d.organisation_id, d.course_id) = (c.organisation_id, c.id))
     FROM courses c";
const PROPOSALS: &str = concat!(
    "SELECT id::text, organisation_id::text, appointment_id::text, session_id::text, service_id::text,
            counsellor_id::text, room_id::text, ",
    micros!("starts_at"),
    ", state, ",
    micros!("proposed_at"),
    ", ",
    micros!("expires_at"),
    ", (SELECT count(*) FROM allocations a WHERE (a.organisation_id, a.claim_id) = (p.organisation_id, p.id))
     FROM proposals p"
);
const EQUIPMENT: &str = "SELECT id::text, pieces::bigint FROM equipment";
const PIECES: &str = "SELECT id::text, equipment_id::text FROM equipment_pieces";
const INTERPRETERS: &str =
    "SELECT organisation_id::text, id::text, interprets FROM counsellors WHERE interprets <> '{}'";
/// What is accepted is told by the audit of its appointment.
const COUNTS: &str = "
    WITH told AS (
        SELECT 'series' AS subject, id, 'book' AS action, 'series.booked' AS kind, 1 AS due, 1 AS due_events FROM series
        UNION ALL SELECT 'proposal', id, 'propose', 'proposal.made', 1, 1 FROM proposals
        UNION ALL SELECT 'proposal', id, 'decline', 'proposal.declined', (state = 'declined')::int, (state = 'declined')::int
        FROM proposals
        UNION ALL SELECT 'proposal', id, 'accept', 'proposal.accepted', 0, (state = 'accepted')::int FROM proposals)
    SELECT t.subject, t.id::text, t.action,
           (SELECT count(*) FROM audit_entries e
            WHERE (e.subject_kind, e.subject_id, e.action) = (t.subject, t.id, t.action)),
           (SELECT count(*) FROM outbox_events e WHERE (e.kind, e.subject_id) = (t.kind, t.id)),
           t.due::bigint, t.due_events::bigint
    FROM told t";

#[derive(Debug)]
pub(super) struct Beside {
    pub(super) places: Vec<Seat>,
    pub(super) series: BTreeMap<Uuid, Series>,
    pub(super) courses: BTreeMap<Uuid, Course>,
    pub(super) proposals: BTreeMap<Uuid, Proposal>,
    pub(super) equipment: BTreeMap<Uuid, i64>,
    pub(super) pieces: BTreeMap<Uuid, Uuid>,
    pub(super) interpreters: Vec<Interpreter>,
    pub(super) counts: Vec<Counted>,
}

impl Beside {
    pub(super) async fn read(snapshot: &Transaction<'_>) -> Result<Self, Error> {
        let series = all(snapshot, SERIES, series).await?;
        let courses = all(snapshot, COURSES, course).await?;
        let proposals = all(snapshot, PROPOSALS, proposal).await?;
        let equipment = all(snapshot, EQUIPMENT, |row| (key(row, 0), row.get(1))).await?;
        let pieces = all(snapshot, PIECES, |row| (key(row, 0), key(row, 1))).await?;
        Ok(Self {
            places: all(snapshot, PLACES, seat).await?,
            series: series.into_iter().map(|one| (one.id, one)).collect(),
            courses: courses.into_iter().collect(),
            proposals: proposals.into_iter().map(|one| (one.id, one)).collect(),
            equipment: equipment.into_iter().collect(),
            pieces: pieces.into_iter().collect(),
            interpreters: all(snapshot, INTERPRETERS, interpreter).await?,
            counts: all(snapshot, COUNTS, counted).await?,
        })
    }
}

/// What a service takes of which equipment.
pub(super) fn pieces(row: &Row, pieces: usize, counts: usize) -> Vec<(Uuid, i64)> {
    let counts: Vec<i64> = row.get(counts);
    ids(row, pieces).into_iter().zip(counts).collect()
}

fn seat(row: &Row) -> Seat {
    Seat {
        session_id: key(row, 0),
        number: row.get(1),
        claim: key(row, 2),
    }
}

fn series(row: &Row) -> Series {
    Series {
        id: key(row, 0),
        service_id: key(row, 1),
        booked_at: instant(row, 2),
        is_course: row.get(3),
    }
}

fn course(row: &Row) -> (Uuid, Course) {
    let course = Course {
        service_id: key(row, 1),
        sessions: ids(row, 2),
    };
    (key(row, 0), course)
}

fn proposal(row: &Row) -> Proposal {
    Proposal {
        id: key(row, 0),
        organisation_id: key(row, 1),
        appointment_id: key(row, 2),
        session_id: key(row, 3),
        service_id: key(row, 4),
        counsellor_id: key(row, 5),
        room_id: id(row, 6),
        starts_at: instant(row, 7),
        state: row.get(8),
        proposed_at: instant(row, 9),
        expires_at: instant(row, 10),
        claims: row.get(11),
    }
}

fn interpreter(row: &Row) -> Interpreter {
    Interpreter {
        organisation_id: key(row, 0),
        counsellor_id: key(row, 1),
        languages: row.get(2),
    }
}

pub(super) fn counted(row: &Row) -> Counted {
    Counted {
        table: row.get(0),
        id: key(row, 1),
        action: row.get(2),
        audit: row.get(3),
        events: row.get(4),
        due: [row.get(5), row.get(6)],
    }
}
