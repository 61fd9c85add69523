//! What is offered when, and what stands in the way of it.

use chrono::{DateTime, Utc};
use tokio_postgres::Row;
use uuid::Uuid;

use super::beside::pieces;
use crate::database::{id, ids, instant, key, micros};

#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) counsellor_id: Uuid,
    pub(crate) room_id: Option<Uuid>,
    pub(crate) site_id: Uuid,
    pub(crate) organisation_id: Uuid,
    pub(crate) starts_at: DateTime<Utc>,
    pub(crate) ends_at: DateTime<Utc>,
    pub(crate) published: bool,
    pub(crate) version: i64,
    pub(crate) opens_on_holidays: bool,
    /// How many minutes before its start it opens to all, when it is for staff until then.
    pub(crate) opens_to_all: Option<i64>,
    /// How many have a place in it, where many attend.
    pub(crate) capacity: Option<i64>,
    /// Whether some of its places are for staff to give.
    pub(crate) has_desk_places: bool,
    /// What is offered in it.
    pub(crate) services: Vec<Uuid>,
}

#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) length: i64,
    pub(crate) every: i64,
    pub(crate) before: i64,
    pub(crate) after: i64,
    pub(crate) notice: i64,
    pub(crate) offered: bool,
    /// Whether many attend one session of it.
    pub(crate) for_many: bool,
    /// Whether somebody comes, by a way that takes time.
    pub(crate) visits: bool,
    /// Places of its groups that are kept for somebody.
    pub(crate) kept: i64,
    pub(crate) needs_room: bool,
    pub(crate) books_interpreters: bool,
    pub(crate) horizon_days: i64,
    /// What a talk takes of each equipment.
    pub(crate) pieces: Vec<(Uuid, i64)>,
}

/// An absence or a closure, of whatever is named; of the whole organisation where nothing is.
#[derive(Debug)]
pub(crate) struct Unavailable {
    pub(crate) organisation_id: Uuid,
    pub(crate) of: Option<Uuid>,
    pub(crate) starts_at: DateTime<Utc>,
    pub(crate) ends_at: DateTime<Utc>,
}

pub(super) const SESSIONS: &str = concat!(
    "SELECT id::text, counsellor_id::text, room_id::text, site_id::text, organisation_id::text, ",
    micros!("starts_at"),
    ", ",
    micros!("ends_at"),
    ", status = 'published', version, opens_on_holidays,
            CASE WHEN audience = 'staff' THEN coalesce(opens_to_all_minutes, 0) END::bigint,
            capacity::bigint, desk_places > 0,
            ARRAY(SELECT o.service_id::text FROM session_services o
                  WHERE (o.organisation_id, o.session_id) = (sessions.organisation_id, sessions.id)) FROM sessions"
);
pub(super) const SERVICES: &str = "SELECT id::text, length_minutes::bigint, start_every_minutes::bigint,
            buffer_before_minutes::bigint, buffer_after_minutes::bigint, minimum_notice_minutes::bigint,
            published AND archived_at IS NULL, format IN ('group', 'course'),
            (SELECT coalesce(sum(k.places), 0)::bigint FROM kept_places k
             WHERE (k.organisation_id, k.service_id) = (services.organisation_id, services.id)),
            needs_room, books_interpreters, horizon_days::bigint, equipment_ids::text[], equipment_pieces::bigint[],
            format = 'visit'
     FROM services";
/// Archived ones too: they may have been there when they were in the way.
pub(super) const UNAVAILABLE: &str = concat!(
    "SELECT organisation_id::text, counsellor_id::text, ",
    micros!("starts_at"),
    ", ",
    micros!("ends_at"),
    " FROM absences UNION ALL SELECT organisation_id::text, coalesce(site_id, room_id)::text, ",
    micros!("starts_at"),
    ", ",
    micros!("ends_at"),
    " FROM closures"
);

pub(super) fn session(row: &Row) -> (Uuid, Session) {
    let session = Session {
        counsellor_id: key(row, 1),
        room_id: id(row, 2),
        site_id: key(row, 3),
        organisation_id: key(row, 4),
        starts_at: instant(row, 5),
        ends_at: instant(row, 6),
        published: row.get(7),
        version: row.get(8),
        opens_on_holidays: row.get(9),
        opens_to_all: row.get(10),
        capacity: row.get(11),
        has_desk_places: row.get(12),
        services: ids(row, 13),
    };
    (key(row, 0), session)
}

pub(super) fn service(row: &Row) -> (Uuid, Service) {
    let service = Service {
        length: row.get(1),
        every: row.get(2),
        before: row.get(3),
        after: row.get(4),
        notice: row.get(5),
        offered: row.get(6),
        for_many: row.get(7),
        kept: row.get(8),
        needs_room: row.get(9),
        books_interpreters: row.get(10),
        horizon_days: row.get(11),
        pieces: pieces(row, 12, 13),
        visits: row.get(14),
    };
    (key(row, 0), service)
}

pub(super) fn unavailable(row: &Row) -> Unavailable {
    Unavailable {
        organisation_id: key(row, 0),
        of: id(row, 1),
        starts_at: instant(row, 2),
        ends_at: instant(row, 3),
    }
}
