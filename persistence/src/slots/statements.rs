//! The statements of the slot search.
//!
//! Of a topic, rows of several kinds come back (`rows.rs`), folded into arrays: their number depends
//! on the number of services and not on that of sessions, counsellors or claims. Of a service and of
//! one slot, one row for each counsellor in one place (`groups.rs`): such a plan has fewer nodes, and
//! to prepare them was most of what a service's week cost Postgres.

/// The sessions that a condition finds, `read`, and everything that decides about their slots. `$2`
/// now. `further` are rows of the statement's own.
macro_rules! calendar_of {
    ($read:expr, $further:expr) => {
        concat!(
            $read,
            ", claimed AS MATERIALIZED (
    SELECT organisation_id, counsellor_id AS id, min(starts_at) AS starts_at, max(ends_at) AS ends_at
    FROM read GROUP BY 1, 2
    UNION ALL
    SELECT organisation_id, room_id, min(starts_at), max(ends_at)
    FROM read WHERE room_id IS NOT NULL GROUP BY 1, 2
)
SELECT 'session' AS kind, array_agg(organisation_id) AS ids, array_agg(service_id) AS services,
       array_agg(session_id) AS sessions, array_agg(counsellor_id) AS counsellors, array_agg(site_id) AS sites,
       array_agg(room_id) AS rooms, array_agg(starts_at) AS starts, array_agg(ends_at) AS ends,
       array_agg(opens_on_holidays::int) AS numbers, array_agg(array_to_string(modalities, ' ')) AS texts
FROM read
UNION ALL
SELECT 'claim', array_agg(a.resource_id), NULL, NULL, NULL, NULL, NULL,
       array_agg(a.starts_at), array_agg(a.ends_at), NULL, NULL
FROM claimed r JOIN allocations a
     ON a.organisation_id = r.organisation_id AND a.resource_id = r.id
    AND a.starts_at > r.starts_at - interval '48 hours' AND a.starts_at < r.ends_at + interval '24 hours'
    AND (a.expires_at IS NULL OR a.expires_at > $2)
UNION ALL
SELECT 'absence', array_agg(a.counsellor_id), NULL, NULL, NULL, NULL, NULL,
       array_agg(a.starts_at), array_agg(a.ends_at), NULL, NULL
FROM claimed r JOIN absences a
     ON a.organisation_id = r.organisation_id AND a.counsellor_id = r.id AND a.archived_at IS NULL
    AND a.ends_at > r.starts_at AND a.starts_at < r.ends_at
UNION ALL
SELECT 'closure', array_agg(k.organisation_id), NULL, NULL, NULL, array_agg(k.site_id), array_agg(k.room_id),
       array_agg(k.starts_at), array_agg(k.ends_at), NULL, NULL
FROM (SELECT organisation_id, min(starts_at) AS starts_at, max(ends_at) AS ends_at FROM claimed GROUP BY 1) r
JOIN closures k ON k.organisation_id = r.organisation_id AND k.archived_at IS NULL
               AND k.ends_at > r.starts_at AND k.starts_at < r.ends_at
UNION ALL
SELECT 'service', ARRAY[v.id], NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       ARRAY[v.length_minutes, v.start_every_minutes, v.buffer_before_minutes, v.buffer_after_minutes,
             v.minimum_notice_minutes, v.horizon_days, v.cancellation_deadline_minutes],
       ARRAY[v.contact_rule, array_to_string(v.languages, ' '), array_to_string(v.modalities, ' ')]
FROM (SELECT DISTINCT organisation_id, service_id FROM read) r
JOIN services v ON v.organisation_id = r.organisation_id AND v.id = r.service_id
UNION ALL
SELECT 'site', array_agg(p.id), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       array_agg(p.time_zone || ' ' || p.federal_state)
FROM (SELECT DISTINCT organisation_id, site_id FROM read) r
JOIN sites p ON p.organisation_id = r.organisation_id AND p.id = r.site_id AND p.archived_at IS NULL
UNION ALL
SELECT 'counsellor', array_agg(c.id), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       array_agg(array_to_string(c.languages, ' '))
FROM claimed r
JOIN counsellors c ON c.organisation_id = r.organisation_id AND c.id = r.id AND c.archived_at IS NULL
UNION ALL
SELECT 'room', array_agg(q.id), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM (SELECT DISTINCT organisation_id, room_id FROM read WHERE room_id IS NOT NULL) r
JOIN rooms q ON q.organisation_id = r.organisation_id AND q.id = r.room_id AND q.archived_at IS NULL",
            $further
        )
    };
}

/// What `read` tells of a session `o`.
macro_rules! columns {
    () => {
        "o.organisation_id, o.service_id, o.session_id, o.starts_at, o.ends_at, o.counsellor_id, o.site_id, o.room_id,
               o.opens_on_holidays, o.modalities"
    };
}

/// Whether a service `v` can be booked by slots.
macro_rules! bookable {
    () => {
        "v.published AND v.archived_at IS NULL AND v.organisation_listed AND v.format IN ('individual', 'visit')"
    };
}

/// The rules of a service `v`.
macro_rules! service {
    () => {
        "v.organisation_id, v.id AS service_id, v.length_minutes, v.start_every_minutes, v.buffer_before_minutes,
       v.buffer_after_minutes, v.minimum_notice_minutes, v.horizon_days, v.cancellation_deadline_minutes,
       v.contact_rule, v.languages, v.modalities AS service_modalities"
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
               AND ($10::text IS NULL OR $10 = ANY (o.languages))"
    };
}

/// The wishes about a service `v`.
macro_rules! wished_service {
    () => {
        " AND ($10::text IS NULL OR $10 = ANY (v.languages)) AND ($11::text IS NULL OR $11 = ANY (v.modalities))"
    };
}

/// Some sessions of one service `v`, in the order of their starts.
macro_rules! sessions_of_service {
    ($span:expr, $session:expr, $limit:literal) => {
        concat!(
            "(SELECT o.counsellor_id, o.site_id, o.room_id, o.opens_on_holidays, o.modalities,
                 o.session_id, o.starts_at, o.ends_at
          FROM session_services o
          WHERE o.organisation_id = v.organisation_id AND o.service_id = v.id
                AND o.starts_at < $2 + v.horizon_days * interval '1 day'
                AND ",
            $span,
            " AND ",
            open_session!(),
            $session,
            "
          ORDER BY o.starts_at, o.session_id LIMIT ",
            $limit,
            ")"
        )
    };
}

/// `$3` how many sessions at most, `$6` how many of the time behind the window; `until` is where the
/// window ends.
macro_rules! by_service {
    ($near:expr, $session:expr, $service:expr, $until:literal) => {
        concat!(
            $near,
            "SELECT r.counsellor_id, r.site_id, r.room_id, r.opens_on_holidays, r.modalities, r.sessions, r.starts, r.ends,
       c.languages AS spoken, p.time_zone, p.federal_state, q.id IS NOT NULL AS room_is_there,
       a.claimed, a.claims_start, a.claims_end,
       ARRAY(SELECT ROW(a.starts_at, a.ends_at) FROM absences a
             WHERE a.organisation_id = v.organisation_id AND a.counsellor_id = r.counsellor_id AND a.archived_at IS NULL
               AND a.ends_at > r.starts_at AND a.starts_at < r.ends_at) AS absences,
       ARRAY(SELECT ROW(k.site_id, k.room_id, k.starts_at, k.ends_at) FROM closures k
             WHERE k.organisation_id = v.organisation_id AND k.archived_at IS NULL
               AND k.ends_at > r.starts_at AND k.starts_at < r.ends_at) AS closures,
       ",
            service!(),
            "
FROM services v
CROSS JOIN LATERAL (
    WITH read AS MATERIALIZED (
        ",
            sessions_of_service!(concat!("o.starts_at < ", $until), $session, "$3"),
            "
        UNION ALL
        ",
            sessions_of_service!(concat!("o.starts_at >= ", $until), $session, "$6"),
            ")
    SELECT o.counsellor_id, o.site_id, o.room_id, o.opens_on_holidays, o.modalities, array_agg(o.session_id) AS sessions,
           array_agg(o.starts_at) AS starts, array_agg(o.ends_at) AS ends,
           min(o.starts_at) AS starts_at, max(o.ends_at) AS ends_at
    FROM read o
    GROUP BY 1, 2, 3, 4, 5) r
LEFT JOIN counsellors c ON c.organisation_id = v.organisation_id AND c.id = r.counsellor_id AND c.archived_at IS NULL
LEFT JOIN sites p ON p.organisation_id = v.organisation_id AND p.id = r.site_id AND p.archived_at IS NULL
LEFT JOIN rooms q ON q.organisation_id = v.organisation_id AND q.id = r.room_id AND q.archived_at IS NULL
CROSS JOIN LATERAL (
    SELECT array_agg(a.resource_id) AS claimed, array_agg(a.starts_at) AS claims_start, array_agg(a.ends_at) AS claims_end
    FROM allocations a
    WHERE a.organisation_id = v.organisation_id AND a.resource_id IN (r.counsellor_id, r.room_id)
      AND a.starts_at > r.starts_at - interval '48 hours' AND a.starts_at < r.ends_at + interval '24 hours'
      AND (a.expires_at IS NULL OR a.expires_at > $2)) a
WHERE v.id = $1 AND ",
            bookable!(),
            $service
        )
    };
}

/// Walks through the sessions of a topic in the order of time, and stops when it has enough: the
/// order is that of the index. `$3` how many sessions at most, `$6` how many it looks at; when that
/// is not enough, a row tells how far it came.
macro_rules! by_topic {
    ($near:expr, $session:expr, $service:expr) => {
        calendar_of!(
            concat!(
                "WITH ",
                $near,
                "read AS MATERIALIZED (
    SELECT ",
                columns!(),
                "
    FROM (SELECT * FROM session_services o WHERE o.topic = $1 AND o.status = 'published' AND o.starts_at > $5
          ORDER BY o.starts_at, o.session_id LIMIT $6) o
    WHERE ",
                open_session!(),
                $session,
                "
               AND (SELECT o.starts_at < $2 + v.horizon_days * interval '1 day' AND ",
                bookable!(),
                $service,
                "
                    FROM services v WHERE v.organisation_id = o.organisation_id AND v.id = o.service_id)
    ORDER BY o.starts_at, o.session_id
    LIMIT $3
)"
            ),
            "
UNION ALL
SELECT 'looked_at', NULL, NULL, ARRAY[o.session_id], NULL, NULL, NULL, ARRAY[o.starts_at], NULL, NULL, NULL
FROM (SELECT o.session_id, o.starts_at FROM session_services o
      WHERE o.topic = $1 AND o.status = 'published' AND o.starts_at > $5
      ORDER BY o.starts_at, o.session_id OFFSET $6 - 1 LIMIT 1) o
WHERE (SELECT count(*) FROM read) < $3"
        )
    };
}

// Each twice: with wishes and without. Postgres prepares every condition anew each time, wished or
// not, and most searches wish for nothing.

pub(super) const BY_SERVICE: &str = by_service!("", "", "", "$7");

pub(super) const BY_SERVICE_AS_WISHED: &str = by_service!(
    concat!("WITH ", near!(), "\n"),
    wished_session!(),
    wished_service!(),
    "$15"
);

pub(super) const BY_TOPIC: &str = by_topic!("", "", "");

pub(super) const BY_TOPIC_AS_WISHED: &str =
    by_topic!(concat!(near!(), ", "), wished_session!(), wished_service!());

/// One slot: a row as for a service, when its session offers it, and whether anything around it has
/// expired. `$1` the organisation, `$2` the session, `$3` the service, `$4` the start of the slot,
/// `$5` now, `$6` a claim to overlook. No claim is longer than a day, neither that of the slot nor
/// one in its way.
pub(super) const BY_SLOT: &str = concat!(
    "SELECT o.counsellor_id, o.site_id, o.room_id, o.opens_on_holidays, o.modalities, ARRAY[o.session_id] AS sessions,
       ARRAY[o.starts_at] AS starts, ARRAY[o.ends_at] AS ends,
       c.languages AS spoken, p.time_zone, p.federal_state, q.id IS NOT NULL AS room_is_there,
       a.claimed, a.claims_start, a.claims_end, a.expired,
       ARRAY(SELECT ROW(a.starts_at, a.ends_at) FROM absences a
             WHERE a.organisation_id = o.organisation_id AND a.counsellor_id = o.counsellor_id AND a.archived_at IS NULL
               AND a.ends_at > o.starts_at AND a.starts_at < o.ends_at) AS absences,
       ARRAY(SELECT ROW(k.site_id, k.room_id, k.starts_at, k.ends_at) FROM closures k
             WHERE k.organisation_id = o.organisation_id AND k.archived_at IS NULL
               AND k.ends_at > o.starts_at AND k.starts_at < o.ends_at) AS closures,
       ",
    service!(),
    "
FROM session_services o
JOIN services v ON v.organisation_id = o.organisation_id AND v.id = o.service_id
LEFT JOIN counsellors c ON c.organisation_id = o.organisation_id AND c.id = o.counsellor_id AND c.archived_at IS NULL
LEFT JOIN sites p ON p.organisation_id = o.organisation_id AND p.id = o.site_id AND p.archived_at IS NULL
LEFT JOIN rooms q ON q.organisation_id = o.organisation_id AND q.id = o.room_id AND q.archived_at IS NULL
CROSS JOIN LATERAL (
    SELECT array_agg(a.resource_id) FILTER (WHERE (a.expires_at <= $5) IS NOT TRUE) AS claimed,
           array_agg(a.starts_at) FILTER (WHERE (a.expires_at <= $5) IS NOT TRUE) AS claims_start,
           array_agg(a.ends_at) FILTER (WHERE (a.expires_at <= $5) IS NOT TRUE) AS claims_end,
           bool_or(a.expires_at <= $5) AS expired
    FROM allocations a
    WHERE a.organisation_id = o.organisation_id AND a.resource_id IN (o.counsellor_id, o.room_id)
      AND a.starts_at > $4::timestamptz - interval '48 hours' AND a.starts_at < $4 + interval '24 hours'
      AND a.claim_id <> $6) a
WHERE o.organisation_id = $1 AND o.session_id = $2 AND o.service_id = $3 AND o.status = 'published'
  AND o.starts_at < $5 + v.horizon_days * interval '1 day' AND ",
    bookable!()
);
