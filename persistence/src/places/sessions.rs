//! What a session that many attend has of itself: its capacity, and its claim on counsellor and room.
//!
//! All of it needs the resources of the sessions locked.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Bool, Integer, Nullable, Timestamptz, Uuid as SqlUuid};
use domain::ids::{OrganisationId, ScheduleId, ServiceId, SessionId};
use domain::places::Capacity;
use domain::session::Session;

use super::EXPIRED;
use crate::statement::Statement;
use crate::stored::uuids_of;
use crate::transaction::Transaction;

/// Brings sessions that were published, changed or withdrawn in line: they have the capacity of
/// their service unless it was set by hand, and claim their time as far as nobody else has. The
/// first booking claims what is missing.
pub(crate) fn follow(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    sessions: &[SessionId],
) {
    if sessions.is_empty() {
        return;
    }
    for text in [CAPACITY, RELEASE, CLAIM] {
        transaction.queue(
            Statement::new(text)
                .bind::<SqlUuid, _>(organisation.uuid())
                .bind::<Array<SqlUuid>, _>(uuids_of(sessions)),
        );
    }
}

/// Gives capacity and claims to the sessions of a service that are not over, when its capacity has changed.
/// `places_within_capacity` refuses when more have booked than would have room.
pub fn follow_service(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    service: ServiceId,
    now: DateTime<Utc>,
) {
    for text in [
        PARTICIPANTS_OF_SERVICE,
        EXPIRED_OF_SERVICE,
        MAKE_ROOM_OF_SERVICE,
        CAPACITY_OF_SERVICE,
        CLAIM_OF_SERVICE,
    ] {
        transaction.queue(
            Statement::new(text)
                .bind::<SqlUuid, _>(organisation.uuid())
                .bind::<SqlUuid, _>(service.uuid())
                .bind::<Timestamptz, _>(now),
        );
    }
}

/// Gives a session the capacity that was set by hand, or else that of its service.
pub(crate) fn set_capacity(transaction: &mut Transaction, session: &Session, now: DateTime<Utc>) {
    let (organisation, by_hand) = (session.organisation_id, session.attended.capacity);
    let (takes_place, session) = (session.attended.takes_place, session.id);
    let by_hand = by_hand.map(|capacity| i32::from(capacity.count()));
    let expired = Statement::new(EXPIRED)
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<Array<SqlUuid>, _>(uuids_of(&[session]));
    transaction.queue(expired.bind::<Timestamptz, _>(now));
    let about = |text| {
        Statement::new(text)
            .bind::<SqlUuid, _>(organisation.uuid())
            .bind::<SqlUuid, _>(session.uuid())
            .bind::<Nullable<Integer>, _>(by_hand)
    };
    transaction.queue(about(MAKE_ROOM));
    transaction.queue(about(SET_CAPACITY).bind::<Bool, _>(takes_place));
}

/// As [`set_capacity`], for several sessions of one service.
pub(crate) fn set_capacity_of_all(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    sessions: &[SessionId],
    capacity: Option<Capacity>,
    now: DateTime<Utc>,
) {
    let by_hand = capacity.map(|capacity| i32::from(capacity.count()));
    let participants = Statement::new(PARTICIPANTS_OF_ALL)
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<Array<SqlUuid>, _>(uuids_of(sessions));
    transaction.queue(participants);
    let expired = Statement::new(EXPIRED)
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<Array<SqlUuid>, _>(uuids_of(sessions));
    transaction.queue(expired.bind::<Timestamptz, _>(now));
    for text in [MAKE_ROOM_IN_ALL, SET_CAPACITY_OF_ALL] {
        transaction.queue(
            Statement::new(text)
                .bind::<SqlUuid, _>(organisation.uuid())
                .bind::<Array<SqlUuid>, _>(uuids_of(sessions))
                .bind::<Nullable<Integer>, _>(by_hand),
        );
    }
}

/// As [`follow`], for what a schedule has published and nobody has claimed yet.
pub(crate) fn follow_schedule(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    schedule: ScheduleId,
) {
    for text in [CAPACITY_OF_SCHEDULE, CLAIM_OF_SCHEDULE] {
        transaction.queue(
            Statement::new(text)
                .bind::<SqlUuid, _>(organisation.uuid())
                .bind::<SqlUuid, _>(schedule.uuid()),
        );
    }
}

/// Frees the time that sessions have claimed for a service that is offered no more.
pub fn release_service(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    service: ServiceId,
) {
    transaction.queue(
        Statement::new(
            "DELETE FROM allocations a USING session_services o
             WHERE o.organisation_id = $1 AND o.service_id = $2
               AND a.organisation_id = $1 AND a.claim_id = o.session_id",
        )
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<SqlUuid, _>(service.uuid()),
    );
}

/// The largest capacity among the services of a session `s`.
macro_rules! largest {
    () => {
        "(SELECT max(v.capacity)
          FROM session_services o
          JOIN services v ON v.organisation_id = o.organisation_id AND v.id = o.service_id
          WHERE o.organisation_id = s.organisation_id AND o.session_id = s.id)"
    };
}

/// The capacity that sessions `s` get, from the services that they offer. Looked up for each of
/// them: as a join it was planned from the other end, and read all sessions of the organisation.
macro_rules! capacity {
    ($which:expr) => {
        concat!(
            "UPDATE sessions s SET capacity = ",
            largest!(),
            "
             WHERE s.organisation_id = $1 AND ",
            $which,
            " AND NOT s.capacity_by_hand AND s.capacity IS DISTINCT FROM coalesce(",
            largest!(),
            ", s.capacity)"
        )
    };
}

/// The claims that sessions `s` make: counsellor and room, or neither. A room on loan is claimed with
/// the first booking, when its hours and quota are looked at. No claim is longer than a day.
macro_rules! claim {
    ($which:expr) => {
        concat!(
            "INSERT INTO allocations (organisation_id, resource_id, claim_id, claimed_by_organisation_id, kind,
                 starts_at, ends_at)
             SELECT s.organisation_id, r.id, s.id, s.organisation_id, 'session', c.starts_at, c.ends_at
             FROM sessions s
             JOIN session_services o ON o.organisation_id = s.organisation_id AND o.session_id = s.id
             JOIN services v ON v.organisation_id = o.organisation_id AND v.id = o.service_id
                            AND v.format IN ('group', 'course') AND v.archived_at IS NULL
             CROSS JOIN LATERAL (
                 SELECT s.starts_at - v.buffer_before_minutes * interval '1 minute' AS starts_at,
                        s.ends_at + v.buffer_after_minutes * interval '1 minute' AS ends_at) c
             CROSS JOIN LATERAL unnest(ARRAY[s.counsellor_id, s.room_id]) AS r (id)
             WHERE s.organisation_id = $1 AND ",
            $which,
            " AND s.status = 'published' AND s.capacity IS NOT NULL
               AND r.id IS NOT NULL AND c.ends_at <= c.starts_at + interval '24 hours'
               AND NOT EXISTS (SELECT FROM rooms q
                               WHERE q.organisation_id = $1 AND q.id = s.room_id AND q.loan_id IS NOT NULL)
               AND NOT EXISTS (
                   SELECT FROM allocations a
                   WHERE a.organisation_id = $1 AND a.resource_id IN (s.counsellor_id, s.room_id)
                     AND a.starts_at > c.starts_at - interval '24 hours' AND a.starts_at < c.ends_at
                     AND a.ends_at > c.starts_at)
             ORDER BY s.id, r.id
             ON CONFLICT DO NOTHING"
        )
    };
}

/// Numbers beyond the capacity that sessions `s` are to have move to free ones below, as far as
/// there are some: what they are means nothing.
macro_rules! make_room {
    ($which:expr, $capacity:expr) => {
        concat!(
            "WITH goal AS (
                 SELECT s.id, ",
            $capacity,
            " AS capacity
                 FROM sessions s
                 JOIN session_services o ON o.organisation_id = s.organisation_id AND o.session_id = s.id
                 JOIN services v ON v.organisation_id = o.organisation_id AND v.id = o.service_id
                 WHERE s.organisation_id = $1 AND ",
            $which,
            "
                 GROUP BY s.organisation_id, s.id
             ), beyond AS (
                 SELECT p.session_id, p.number,
                        row_number() OVER (PARTITION BY p.session_id ORDER BY p.number) AS rank
                 FROM goal g JOIN places p ON p.organisation_id = $1 AND p.session_id = g.id
                 WHERE p.number > g.capacity
             ), free AS (
                 SELECT g.id AS session_id, n AS number,
                        row_number() OVER (PARTITION BY g.id ORDER BY n) AS rank
                 FROM goal g CROSS JOIN LATERAL generate_series(1, g.capacity) AS n
                 WHERE NOT EXISTS (SELECT FROM places p
                                   WHERE p.organisation_id = $1 AND p.session_id = g.id AND p.number = n)
             )
             UPDATE places p SET number = f.number
             FROM beyond b JOIN free f ON f.session_id = b.session_id AND f.rank = b.rank
             WHERE p.organisation_id = $1 AND p.session_id = b.session_id AND p.number = b.number"
        )
    };
}

/// The sessions `s` of a service that are not over.
macro_rules! of_service {
    () => {
        "s.id IN (SELECT o.session_id FROM session_services o
                  WHERE o.organisation_id = $1 AND o.service_id = $2) AND s.ends_at > $3"
    };
}

/// Who gives up a whole course has locked all of its appointments, in the order of their ids, before
/// the places: so does whoever changes the places of several sessions, behind their resources.
macro_rules! participants {
    ($which:expr) => {
        concat!(
            "SELECT a.id FROM appointments a JOIN sessions s ON s.organisation_id = a.organisation_id AND s.id = a.session_id
             WHERE a.organisation_id = $1 AND a.status IN ('requested', 'booked', 'checked_in') AND ",
            $which,
            " ORDER BY a.id FOR NO KEY UPDATE OF a"
        )
    };
}

const PARTICIPANTS_OF_SERVICE: &str = participants!(of_service!());

const PARTICIPANTS_OF_ALL: &str = participants!("s.id = ANY ($2)");

const EXPIRED_OF_SERVICE: &str = "
    DELETE FROM places WHERE organisation_id = $1 AND expires_at <= $3
        AND session_id IN (SELECT session_id FROM session_services
                           WHERE organisation_id = $1 AND service_id = $2)";

const MAKE_ROOM_IN_ALL: &str = make_room!("s.id = ANY ($2)", "coalesce($3, max(v.capacity))");

const MAKE_ROOM: &str = make_room!("s.id = $2", "coalesce($3, max(v.capacity))");

const MAKE_ROOM_OF_SERVICE: &str = make_room!(
    of_service!(),
    "CASE WHEN s.capacity_by_hand THEN s.capacity ELSE max(v.capacity) END"
);

const SET_CAPACITY: &str = "
    UPDATE sessions s
    SET capacity_by_hand = $3 IS NOT NULL, takes_place = $4,
        capacity = (SELECT CASE WHEN max(v.capacity) IS NULL THEN s.capacity ELSE coalesce($3, max(v.capacity)) END
                    FROM session_services o
                    JOIN services v ON v.organisation_id = o.organisation_id AND v.id = o.service_id
                    WHERE o.organisation_id = $1 AND o.session_id = $2)
    WHERE s.organisation_id = $1 AND s.id = $2";

const SET_CAPACITY_OF_ALL: &str = concat!(
    "UPDATE sessions s SET capacity_by_hand = $3 IS NOT NULL, edited_by_hand = true, version = version + 1,
         capacity = coalesce($3, ",
    largest!(),
    ", s.capacity)
     WHERE s.organisation_id = $1 AND s.id = ANY ($2)"
);

const CAPACITY: &str = capacity!("s.id = ANY ($2)");

const CAPACITY_OF_SCHEDULE: &str = capacity!("s.schedule_id = $2");

const CAPACITY_OF_SERVICE: &str = capacity!(of_service!());

const RELEASE: &str = "DELETE FROM allocations WHERE organisation_id = $1 AND claim_id = ANY ($2)";

const CLAIM: &str = claim!("s.id = ANY ($2)");

const CLAIM_OF_SCHEDULE: &str = claim!("s.schedule_id = $2");

const CLAIM_OF_SERVICE: &str = claim!(of_service!());
