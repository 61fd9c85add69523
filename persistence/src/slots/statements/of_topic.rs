//! Of a topic: rows of several kinds (`rows.rs`), folded into arrays.

/// The sessions that a condition finds, `read`, and everything that decides about their slots. `$2`
/// now. `further` are rows of the statement's own.
macro_rules! calendar_of {
    ($read:expr, $needed:expr, $further:expr) => {
        concat!(
            $read,
            ", claimed AS MATERIALIZED (
    SELECT o.organisation_id, r.id, r.has_weeks, min(o.starts_at) AS starts_at, max(o.ends_at) AS ends_at
    FROM read o
    CROSS JOIN LATERAL (VALUES (o.counsellor_id, false), (o.room_id, false),
                               (CASE WHEN o.has_weeks THEN o.service_id END, true)) AS r (id, has_weeks)
    WHERE r.id IS NOT NULL GROUP BY 1, 2, 3
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
    AND a.starts_at > r.starts_at - CASE WHEN r.has_weeks THEN interval '9 days' ELSE interval '50 hours' END
    AND a.starts_at < r.ends_at + CASE WHEN r.has_weeks THEN interval '48 hours' ELSE interval '26 hours' END
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
             v.minimum_notice_minutes, v.horizon_days, v.cancellation_deadline_minutes, ", reschedule_deadline!(), ", coalesce(v.max_per_week, 0), ", approval!(), "],
       ARRAY[v.contact_rule, array_to_string(v.languages, ' '), v.format] || CASE WHEN v.format = 'group' THEN
           ARRAY(SELECT places_of(o.organisation_id, o.service_id, o.session_id, $2, NULL, NULL)
                 FROM read o WHERE o.service_id = v.id) END || ", kept!("ARRAY(SELECT o.session_id FROM read o WHERE o.service_id = v.id)"), "
FROM (SELECT DISTINCT organisation_id, service_id FROM read) r
JOIN services v ON v.organisation_id = r.organisation_id AND v.id = r.service_id
UNION ALL
SELECT 'site', array_agg(p.id), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       array_agg(p.time_zone || ' ' || p.federal_state)
FROM (SELECT DISTINCT organisation_id, site_id FROM read) r
JOIN sites p ON p.organisation_id = r.organisation_id AND p.id = r.site_id AND p.archived_at IS NULL
UNION ALL
SELECT 'counsellor', array_agg(c.id), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       array_agg(concat(c.max_per_day, ',', c.pause_after, ',', c.pause_minutes, ' ', array_to_string(c.languages, ' ')))
FROM claimed r
JOIN counsellors c ON c.organisation_id = r.organisation_id AND c.id = r.id AND c.archived_at IS NULL
UNION ALL
SELECT 'room', array_agg(q.id), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       array_agg(coalesce((", lent!("$2", nobody!()), ")::text, ''))
FROM (SELECT organisation_id, room_id, min(starts_at) AS starts_at, max(ends_at) AS ends_at
      FROM read WHERE room_id IS NOT NULL GROUP BY 1, 2) r
JOIN rooms q ON q.organisation_id = r.organisation_id AND q.id = r.room_id AND q.archived_at IS NULL
UNION ALL
SELECT 'need', NULL, ARRAY[r.service_id], NULL, ARRAY[r.counsellor_id], ARRAY[r.site_id], ARRAY[r.room_id], NULL, NULL, NULL,
       ARRAY[",
            $needed,
            "::text]
FROM (SELECT organisation_id, service_id, counsellor_id, site_id, room_id,
             min(starts_at) AS starts_at, max(ends_at) AS ends_at, bool_or(opens_on_holidays) AS opens_on_holidays
      FROM read WHERE has_needs GROUP BY 1, 2, 3, 4, 5) r
JOIN services v ON v.organisation_id = r.organisation_id AND v.id = r.service_id",
            $further
        )
    };
}

/// Walks through the sessions of a topic in the order of time, and stops when it has enough: the
/// order is that of the index. `$3` how many sessions at most, `$6` how many it looks at of those
/// that are not over; when that is not enough, a row tells how far it came.
///
/// Each service is looked at once for each session: whether it can be booked, and what has to be
/// read because of it. (`OFFSET 0` keeps Postgres from looking once for each column.)
macro_rules! by_topic {
    ($near:expr, $session:expr, $service:expr, $needed:expr, $where:expr) => {
        calendar_of!(
            concat!(
                "WITH ",
                $near,
                "read AS MATERIALIZED (
    SELECT o.organisation_id, o.service_id, o.session_id, o.starts_at, o.ends_at, o.counsellor_id, o.site_id, o.room_id,
           o.opens_on_holidays, o.modalities, o.service & 1 <> 0 AS has_needs, o.service & 2 <> 0 AS has_weeks
    FROM (SELECT o.*,
              (SELECT (v.needs_room OR v.equipment_ids <> '{}' OR v.format = 'visit'",
                $where,
                ")::int
                      + (v.max_per_week IS NOT NULL)::int * 2
               FROM services v WHERE v.organisation_id = o.organisation_id AND v.id = o.service_id
                AND o.starts_at < $2 + v.horizon_days * interval '1 day' AND ",
                bookable!(),
                $service,
                ") AS service
          FROM (SELECT * FROM session_services o WHERE o.topic = $1 AND ",
                open_session!(),
                "
                ORDER BY o.starts_at, o.session_id LIMIT $6) o
          WHERE true",
                $session,
                "
          ORDER BY o.starts_at, o.session_id OFFSET 0) o
    WHERE o.service IS NOT NULL
    ORDER BY o.starts_at, o.session_id
    LIMIT $3
)"
            ),
            $needed,
            concat!(
                "
UNION ALL
SELECT 'looked_at', NULL, NULL, ARRAY[o.session_id], NULL, NULL, NULL, ARRAY[o.starts_at], NULL, NULL, NULL
FROM (SELECT o.session_id, o.starts_at FROM session_services o
      WHERE o.topic = $1 AND ",
                open_session!(),
                "
      ORDER BY o.starts_at, o.session_id OFFSET $6 - 1 LIMIT 1) o
WHERE (SELECT count(*) FROM read) < $3"
            )
        )
    };
}

pub(in crate::slots) const BY_TOPIC: &str =
    by_topic!("", "", "", needed!("", "$2", nobody!(), "NULL"), "");

pub(in crate::slots) const BY_TOPIC_AS_WISHED: &str = by_topic!(
    concat!(near!(), ", "),
    wished_session!(),
    wished_service!(),
    needed!(" OR $15::text IS NOT NULL", "$2", nobody!(), "$15"),
    " OR $15::text IS NOT NULL"
);
