//! The statements of the slot search.
//!
//! Of a topic, rows of several kinds come back (`rows.rs`), folded into arrays: their number depends
//! on the number of services and not on that of sessions, counsellors or claims. Of a service and of
//! one slot, one row for each counsellor in one place (`groups.rs`): such a plan has fewer nodes, and
//! to prepare them was most of what a service's week cost Postgres.
//!
//! Each search stands there twice: with wishes and without. Postgres prepares every condition anew
//! each time, wished or not, and most searches wish for nothing.

/// Whether a service `v` can be booked by slots.
macro_rules! bookable {
    () => {
        "v.published AND v.archived_at IS NULL AND v.organisation_listed AND v.format IN ('individual', 'visit', 'group')"
    };
}

/// How many minutes before the start of a service `v` a visitor can still move it.
macro_rules! reschedule_deadline {
    () => {
        "coalesce(v.reschedule_deadline_minutes, v.cancellation_deadline_minutes)"
    };
}

/// How many minutes the organisation of a service `v` has to answer a request; 0 where it wants to
/// approve nothing.
macro_rules! approval {
    () => {
        "CASE WHEN v.approval = 'required' THEN v.approval_within_minutes ELSE 0 END"
    };
}

/// What every search asks of a session `o`. `$4` from, `$5` when a session starts that is not over
/// by then.
macro_rules! open_session {
    () => {
        "o.status = 'published' AND o.starts_at > $5 AND o.ends_at > $4"
    };
}

/// The sites in a circle: `$12` and `$13` its centre in degrees, `$14` its radius in kilometres. A
/// degree of latitude is 111.19 of them; the rest is the haversine formula.
macro_rules! near {
    () => {
        "near AS MATERIALIZED (
    SELECT p.id FROM sites p
    WHERE p.published AND p.archived_at IS NULL AND p.organisation_listed
      AND p.latitude BETWEEN $12 - $14 / 111.19 AND $12 + $14 / 111.19
      AND 12742 * asin(sqrt(least(1, sin(radians(p.latitude - $12) / 2) ^ 2
              + cos(radians($12)) * cos(radians(p.latitude)) * sin(radians(p.longitude - $13) / 2) ^ 2))) <= $14
)"
    };
}

/// The wishes about a session `o`.
macro_rules! wished_session {
    () => {
        "
               AND ($7::uuid IS NULL OR o.organisation_id = $7)
               AND ($8::uuid IS NULL OR o.counsellor_id = $8)
               AND ($9::uuid IS NULL OR o.site_id = $9)
               AND ($11::text IS NULL OR $11 = ANY (o.modalities))
               AND ($12::float8 IS NULL OR (o.site_id IN (SELECT id FROM near)) IS TRUE)
               AND ($10::text IS NULL OR $10 = ANY (o.languages))
               AND ($16::text IS NULL OR has_gender(o.organisation_id, o.counsellor_id, $16))"
    };
}

/// What a service `v` needs for some sessions `r` of it, asked only where it needs anything or is a
/// visit. Now, the claims to overlook, and the language to be interpreted.
macro_rules! needed {
    ($where:expr, $now:expr, $but_for:expr, $tongue:expr) => {
        concat!(
            "CASE WHEN v.format = 'visit' THEN visited(v.organisation_id, v.id, r.site_id, r.room_id, r.counsellor_id, ",
            $tongue,
            ", r.starts_at, r.ends_at, ",
            $now,
            ", ",
            $but_for,
            ", r.opens_on_holidays) WHEN v.needs_room OR v.equipment_ids <> '{}'",
            $where,
            " THEN needed(v.organisation_id, v.id, r.site_id, r.room_id, r.counsellor_id, ",
            $tongue,
            ", r.starts_at, r.ends_at, ",
            $now,
            ", ",
            $but_for,
            ") END"
        )
    };
}

/// What is left of the room `q` of some sessions `r`, where it is on loan. Now, and the claims to
/// overlook.
macro_rules! lent {
    ($now:expr, $but_for:expr) => {
        concat!(
            "CASE WHEN q.loan_id IS NOT NULL THEN lent(q.organisation_id, q.id, r.starts_at, r.ends_at, ",
            $now,
            ", ",
            $but_for,
            ") END"
        )
    };
}

/// No claim is overlooked.
macro_rules! nobody {
    () => {
        "'{}'"
    };
}

/// What of some sessions of a service `v` is kept for staff, asked only where anything ever was.
macro_rules! kept {
    ($sessions:expr) => {
        concat!(
            "CASE WHEN v.keeps_for_staff THEN kept_for_staff(v.organisation_id, ",
            $sessions,
            ") END"
        )
    };
}

/// The wishes about a service `v`.
macro_rules! wished_service {
    () => {
        " AND ($16::text IS NULL OR v.allows_gender_wish) AND ($15::text IS NULL OR v.books_interpreters) AND ($10::text IS NULL OR $10 = ANY (v.languages))"
    };
}

// Behind the parts that they are made of. What follows uses those of a service.
#[macro_use]
mod of_service;
mod of_course;
mod of_topic;

pub(crate) use of_course::{BOOKABLE_COURSE, COURSE, COURSES};
pub(super) use of_service::{
    BY_DATES, BY_SERVICE, BY_SERVICE_AS_WISHED, BY_SLOT, BY_SLOT_FOR_APPOINTMENT, BY_START, BY_TIME,
};
pub(super) use of_topic::{BY_TOPIC, BY_TOPIC_AS_WISHED};
