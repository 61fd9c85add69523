//! What must be true of the data base whatever was raced, killed or refused before.
//!
//! Each law is one statement, and so one snapshot: it holds at every moment, also while requests
//! are under way.

use std::time::Duration;

use crate::Server;

/// Each law with a query for what breaks it.
const LAWS: [(&str, &str); 25] = [
    (
        "no resource is claimed twice at a time",
        "SELECT FROM allocations a JOIN allocations b ON b.resource_id = a.resource_id
             AND b.claim_id > a.claim_id AND b.starts_at < a.ends_at AND b.ends_at > a.starts_at",
    ),
    (
        "no counsellor, interpreter or room has two appointments at a time, buffers included",
        "SELECT FROM occupied a JOIN occupied b ON b.resource_id = a.resource_id
             AND b.id > a.id AND b.starts_at < a.ends_at AND b.ends_at > a.starts_at",
    ),
    (
        "every appointment that stands has its claims",
        "SELECT FROM occupied o WHERE NOT EXISTS (
             SELECT FROM allocations a
             WHERE (a.organisation_id, a.resource_id, a.claim_id) = (o.organisation_id, o.resource_id, o.id)
               AND a.kind = 'appointment' AND a.starts_at <= o.starts_at
               AND a.ends_at - o.ends_at = o.starts_at - a.starts_at
               AND (o.is_visit OR a.starts_at = o.starts_at))",
    ),
    (
        "every claim of an appointment has its appointment",
        "SELECT FROM allocations a JOIN resources r ON (r.organisation_id, r.id) = (a.organisation_id, a.resource_id)
         WHERE a.kind = 'appointment' AND NOT EXISTS (
             SELECT FROM occupied o
             WHERE (o.organisation_id, o.id) = (a.organisation_id, a.claim_id)
               AND (o.resource_id = a.resource_id OR r.kind IN ('service', 'equipment')))",
    ),
    (
        "every claim of a hold has its hold, its open proposal or its open offer, with the same end",
        "SELECT FROM allocations a WHERE a.kind = 'hold' AND NOT EXISTS (
             SELECT FROM holds h
             WHERE (h.organisation_id, h.id, h.expires_at) = (a.organisation_id, a.claim_id, a.expires_at))
             AND NOT EXISTS (
             SELECT FROM proposals p WHERE p.state = 'open'
             AND (p.organisation_id, p.id, p.expires_at) = (a.organisation_id, a.claim_id, a.expires_at))
             AND NOT EXISTS (
             SELECT FROM waitlist_offers o WHERE o.state = 'open'
             AND (o.organisation_id, o.id, o.expires_at) = (a.organisation_id, a.claim_id, a.expires_at))",
    ),
    (
        "every open proposal has its claims until its answer is due",
        "SELECT FROM proposals p CROSS JOIN LATERAL (VALUES (p.counsellor_id), (p.room_id)) AS r (resource_id)
         WHERE p.state = 'open' AND p.expires_at > '{now}' AND r.resource_id IS NOT NULL AND NOT EXISTS (
             SELECT FROM allocations a
             WHERE (a.organisation_id, a.resource_id, a.claim_id) = (p.organisation_id, r.resource_id, p.id)
               AND a.starts_at <= p.starts_at AND a.ends_at >= p.ends_at)",
    ),
    (
        "nothing is proposed any more to whom does not come, or has moved since",
        "SELECT FROM proposals p JOIN appointments a ON (a.organisation_id, a.id) = (p.organisation_id, p.appointment_id)
         WHERE p.state = 'open' AND a.status NOT IN ('requested', 'booked')",
    ),
    (
        "every claim of a session is of one that many attend and that is published",
        "SELECT FROM allocations a WHERE a.kind = 'session' AND NOT EXISTS (
             SELECT FROM sessions s
             WHERE (s.organisation_id, s.id) = (a.organisation_id, a.claim_id) AND s.status = 'published'
               AND s.capacity IS NOT NULL AND a.resource_id IN (s.counsellor_id, s.room_id)
               AND a.starts_at <= s.starts_at AND a.ends_at >= s.ends_at)",
    ),
    (
        "whatever claims a room on loan claims the owner's room for as long",
        "SELECT FROM allocations a JOIN rooms q ON (q.organisation_id, q.id) = (a.organisation_id, a.resource_id)
         WHERE q.loan_id IS NOT NULL AND (a.expires_at IS NULL OR a.expires_at > '{now}') AND NOT EXISTS (
             SELECT FROM allocations o
             WHERE (o.organisation_id, o.resource_id, o.claim_id, o.claimed_by_organisation_id, o.kind, o.starts_at, o.ends_at)
                 = (q.lent_by, q.lent_room_id, a.claim_id, a.organisation_id, 'loan', a.starts_at, a.ends_at)
               AND o.expires_at IS NOT DISTINCT FROM a.expires_at)",
    ),
    (
        "every claim of a loan has its claim on the borrower's room",
        "SELECT FROM allocations o WHERE o.kind = 'loan' AND NOT EXISTS (
             SELECT FROM allocations a JOIN rooms q ON (q.organisation_id, q.id) = (a.organisation_id, a.resource_id)
             WHERE (q.lent_by, q.lent_room_id, a.claim_id, a.organisation_id, a.starts_at, a.ends_at)
                 = (o.organisation_id, o.resource_id, o.claim_id, o.claimed_by_organisation_id, o.starts_at, o.ends_at))",
    ),
    (
        "every date of a meeting has its claim unless it is cancelled, and every claim its date",
        "SELECT FROM meeting_dates d FULL JOIN (SELECT * FROM allocations WHERE kind = 'meeting') a
             ON (a.organisation_id, a.claim_id, a.resource_id, a.starts_at, a.ends_at)
              = (d.organisation_id, d.id, d.room_id, d.starts_at, d.ends_at)
         WHERE (d.cancelled_at IS NULL) <> (a.claim_id IS NOT NULL) OR d.id IS NULL",
    ),
    (
        "no session has more places taken than it has",
        "SELECT FROM sessions s JOIN places p ON (p.organisation_id, p.session_id) = (s.organisation_id, s.id)
             GROUP BY s.organisation_id, s.id, s.capacity
             HAVING count(*) > s.capacity OR bool_or(p.capacity <> s.capacity OR p.number > s.capacity)",
    ),
    (
        "every participant has a place in a session whose time is claimed",
        "SELECT FROM participants a WHERE NOT EXISTS (
             SELECT FROM places p
             WHERE (p.organisation_id, p.session_id, p.claim_id) = (a.organisation_id, a.session_id, a.id)
               AND p.expires_at IS NULL)
         OR EXISTS (
             SELECT FROM sessions s CROSS JOIN LATERAL (VALUES (s.counsellor_id), (s.room_id)) AS r (id)
             WHERE (s.organisation_id, s.id, s.starts_at) = (a.organisation_id, a.session_id, a.starts_at)
               AND s.status = 'published' AND r.id IS NOT NULL AND NOT EXISTS (
                   SELECT FROM allocations c
                   WHERE (c.organisation_id, c.resource_id, c.claim_id) = (s.organisation_id, r.id, s.id)))",
    ),
    (
        "every place has its participant",
        "SELECT FROM places p WHERE p.expires_at IS NULL AND NOT EXISTS (
             SELECT FROM participants a
             WHERE (a.organisation_id, a.session_id, a.id) = (p.organisation_id, p.session_id, p.claim_id))",
    ),
    (
        "every place that is held has its hold or its open offer, with the same end",
        "SELECT FROM places p WHERE p.expires_at IS NOT NULL AND NOT EXISTS (
             SELECT FROM holds h
             WHERE (h.organisation_id, h.session_id, h.id, h.expires_at)
                 = (p.organisation_id, p.session_id, p.claim_id, p.expires_at))
             AND NOT EXISTS (
             SELECT FROM waitlist_offers o WHERE o.state = 'open'
             AND (o.organisation_id, o.session_id, o.id, o.expires_at)
                 = (p.organisation_id, p.session_id, p.claim_id, p.expires_at))",
    ),
    (
        "every open offer holds its slot until its answer is due",
        "SELECT FROM waitlist_offers o WHERE o.state = 'open' AND o.expires_at > '{now}' AND NOT EXISTS (
             SELECT FROM allocations a
             WHERE (a.organisation_id, a.resource_id, a.claim_id) = (o.organisation_id, o.counsellor_id, o.id)
               AND a.starts_at <= o.starts_at AND a.ends_at >= o.ends_at)
             AND NOT EXISTS (
             SELECT FROM places p
             WHERE (p.organisation_id, p.session_id, p.claim_id) = (o.organisation_id, o.session_id, o.id))",
    ),
    (
        "who is offered something has one open offer, and nobody else has any",
        "SELECT FROM waitlist_entries e WHERE (e.status = 'offered') <> EXISTS (
             SELECT FROM waitlist_offers o
             WHERE (o.organisation_id, o.entry_id, o.state) = (e.organisation_id, e.id, 'open'))",
    ),
    (
        "what was booked by an entry has its code and secret, and an accepted offer",
        "SELECT FROM waitlist_entries e WHERE e.status = 'booked' AND NOT EXISTS (
             SELECT FROM appointments a JOIN waitlist_offers o
                 ON (o.organisation_id, o.entry_id, o.state) = (e.organisation_id, e.id, 'accepted')
             WHERE (a.organisation_id, a.id, a.code, a.secret_hash)
                 = (e.organisation_id, e.appointment_id, e.code, e.secret_hash))",
    ),
    (
        "every version of an appointment has its audit entry",
        "SELECT FROM appointments a WHERE a.version <> (
             SELECT count(*) FROM audit_entries e
             WHERE e.organisation_id = a.organisation_id AND e.subject_id = a.id)",
    ),
    (
        "every version of an appointment has its event",
        "SELECT FROM appointments a WHERE a.version <> (
             SELECT count(*) FROM outbox_events e
             WHERE e.organisation_id = a.organisation_id AND e.subject_id = a.id)",
    ),
    (
        "every series has appointments, with its secret and of its service",
        "SELECT FROM series s WHERE NOT EXISTS (
             SELECT FROM appointments a WHERE (a.organisation_id, a.series_id) = (s.organisation_id, s.id))
         UNION ALL
         SELECT FROM appointments a WHERE a.series_id IS NOT NULL AND NOT EXISTS (
             SELECT FROM series s
             WHERE (s.organisation_id, s.id, s.secret_hash, s.service_id)
                 = (a.organisation_id, a.series_id, a.secret_hash, a.service_id))",
    ),
    (
        "two series or appointments never share a secret",
        "SELECT FROM appointments a JOIN appointments b ON b.secret_hash = a.secret_hash AND b.id > a.id
             AND b.series_id IS DISTINCT FROM a.series_id",
    ),
    (
        "a series that was booked by the program left its traces",
        "SELECT FROM series s WHERE s.rule IS NOT NULL AND NOT EXISTS (
             SELECT FROM audit_entries e JOIN outbox_events o ON o.subject_id = e.subject_id
             WHERE (e.organisation_id, e.subject_id, o.kind) = (s.organisation_id, s.id, 'series.booked'))",
    ),
    (
        "every audit entry of an appointment has its appointment",
        "SELECT FROM audit_entries e WHERE e.subject_kind = 'appointment' AND NOT EXISTS (
             SELECT FROM appointments a WHERE (a.organisation_id, a.id) = (e.organisation_id, e.subject_id))",
    ),
    (
        "every event of an appointment has its appointment",
        "SELECT FROM outbox_events e WHERE e.kind LIKE 'appointment.%' AND NOT EXISTS (
             SELECT FROM appointments a WHERE (a.organisation_id, a.id) = (e.organisation_id, e.subject_id))",
    ),
];

/// What the talks that stand occupy, derived from them and their service alone; of a visit, whose ways
/// nothing but the sealed address tells, the least.
const OCCUPIED: &str = "
    SELECT a.organisation_id, a.id, r.resource_id,
           a.starts_at - (v.buffer_before_minutes + w.way) * interval '1 minute' AS starts_at,
           a.ends_at + (v.buffer_after_minutes + w.way) * interval '1 minute' AS ends_at, v.format = 'visit' AS is_visit
    FROM appointments a
    JOIN services v ON (v.organisation_id, v.id) = (a.organisation_id, a.service_id)
    CROSS JOIN LATERAL (SELECT CASE WHEN v.format = 'visit' THEN v.travel_minimum_minutes ELSE 0 END AS way) w
    CROSS JOIN LATERAL (VALUES (a.counsellor_id), (a.room_id), (a.interpreter_id), (a.second_counsellor_id)) AS r (resource_id)
    WHERE a.status <> 'cancelled' AND r.resource_id IS NOT NULL AND v.format NOT IN ('group', 'course')";

/// The appointments that stand in sessions that many attend.
const PARTICIPANTS: &str = "
    SELECT a.* FROM appointments a
    JOIN services v ON (v.organisation_id, v.id) = (a.organisation_id, a.service_id)
    WHERE a.status <> 'cancelled' AND v.format IN ('group', 'course')";

/// Checks every law.
pub async fn check(server: &Server) {
    let now = server.app.clock.now().to_string();
    for (law, broken) in LAWS {
        let broken = broken.replace("{now}", &now);
        let count = format!(
            "WITH occupied AS ({OCCUPIED}), participants AS ({PARTICIPANTS}), broken AS ({broken}) SELECT count(*) FROM broken"
        );
        assert_eq!(server.sql_value(&count).await, "0", "broken: {law}");
    }
}

/// Checks every law, and that Postgres has broken no deadlock. The server is of no use afterwards:
/// backends report their numbers late, but surely when they end, so they are ended.
pub async fn check_at_the_end(server: &Server) {
    check(server).await;
    let others = "pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let ended = format!("SELECT count(pg_terminate_backend(pid)) FROM {others}");
    server.sql_value(&ended).await;
    while server
        .sql_value(&format!("SELECT count(*) FROM {others}"))
        .await
        != "0"
    {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    assert_eq!(server.sql_value(deadlocks).await, "0", "deadlocks");
}
