//! The dates of courses (`courses.rs`), each as one slot is told.

/// The dates that take place of a course `course`, and how many attend each. `$now`, for whose
/// visitors a place is wanted, and further conditions about a service `v` or a session `r`.
macro_rules! date_of_course {
    ($now:literal, $kept_for:expr, $where:expr) => {
        concat!(
            "SELECT ARRAY[r.session_id] AS sessions, ARRAY[r.starts_at] AS starts, ARRAY[r.ends_at] AS ends, a.expired,
       ARRAY[places_of(v.organisation_id, v.id, r.session_id, ", $now, ", NULL, ", $kept_for, ")] AS places,
       (SELECT count(*) FROM places t
        WHERE t.organisation_id = v.organisation_id AND t.session_id = r.session_id AND t.expires_at IS NULL) AS participants, ",
            kept!("ARRAY[r.session_id]"), " AS kept, ",
            described!("NULL::jsonb", lent!($now, nobody!())),
            "
FROM course_dates d
JOIN session_services r ON r.organisation_id = d.organisation_id AND r.session_id = d.session_id
    AND r.service_id = course.service_id AND r.status = 'published'
JOIN services v ON v.organisation_id = r.organisation_id AND v.id = r.service_id
",
            who_is_there!(),
            "CROSS JOIN LATERAL (
    SELECT array_agg(a.resource_id) FILTER (WHERE (a.expires_at <= ", $now, ") IS NOT TRUE) AS claimed,
           array_agg(a.starts_at) FILTER (WHERE (a.expires_at <= ", $now, ") IS NOT TRUE) AS claims_start,
           array_agg(a.ends_at) FILTER (WHERE (a.expires_at <= ", $now, ") IS NOT TRUE) AS claims_end,
           bool_or(a.expires_at <= ", $now, ") AS expired
    FROM allocations a
    WHERE a.organisation_id = v.organisation_id AND a.resource_id IN (r.counsellor_id, r.room_id)
      AND a.starts_at > r.starts_at - interval '50 hours' AND a.starts_at < r.ends_at + interval '26 hours') a
WHERE d.organisation_id = course.organisation_id AND d.course_id = course.id",
            $where
        )
    };
}

/// Some courses, each beside its dates: a row for each date that takes place, or one for a course
/// without any. `$1` now. Needs conditions for a course `c` and its service `w`.
macro_rules! select_courses {
    ($kept_for:expr, $where:expr) => {
        concat!(
            "SELECT course.*, date.*
FROM (SELECT c.organisation_id, c.id, c.service_id, c.title, c.description, c.capacity, c.opens_at, c.closes_at, c.joins_late,
             c.takes_place, c.published, c.version, w.capacity AS capacity_of_service, w.minimum_participants, w.minimum_deadline_minutes,
             ARRAY(SELECT d.session_id FROM course_dates d
                   WHERE d.organisation_id = c.organisation_id AND d.course_id = c.id ORDER BY 1) AS session_ids
      FROM courses c
      JOIN services w ON w.organisation_id = c.organisation_id AND w.id = c.service_id
      WHERE c.archived_at IS NULL AND ",
            $where,
            ") AS course
LEFT JOIN LATERAL (",
            date_of_course!("$1", $kept_for, ""),
            ") AS date ON true
ORDER BY course.id"
        )
    };
}
/// The published dates `s` of a course `c`.
macro_rules! dates {
    () => {
        "FROM course_dates d JOIN sessions s ON s.organisation_id = d.organisation_id AND s.id = d.session_id
         WHERE d.organisation_id = c.organisation_id AND d.course_id = c.id AND s.status = 'published'"
    };
}

/// Those that are not over.
pub(crate) const COURSES: &str = select_courses!("NULL", concat!(
    "EXISTS (SELECT ",
    dates!(),
    " AND s.ends_at > $1)
     AND ($2::uuid IS NULL OR c.organisation_id = $2) AND ($3::uuid IS NULL OR c.service_id = $3)
     AND ($4::text IS NULL OR w.topic = $4) AND ($5::text IS NULL OR $5 = ANY (w.languages))
     AND ($6::text IS NULL OR EXISTS (SELECT ",
    dates!(),
    " AND $6 = ANY (s.modalities)))
     AND (NOT $7 OR (c.organisation_id = ANY ($8) AND NOT c.takes_place AND w.minimum_participants > (
          SELECT coalesce(max((SELECT count(*) FROM places p
                               WHERE p.organisation_id = s.organisation_id AND p.session_id = s.id AND p.expires_at IS NULL)), 0) ",
    dates!(),
    ") AND (SELECT min(s.starts_at) ",
    dates!(),
    ") <= $1 + w.minimum_deadline_minutes * interval '1 minute'))
     AND c.id > $9 ORDER BY c.id LIMIT $10"
));

/// One, over or not.
pub(crate) const COURSE: &str = select_courses!("NULL", "c.id = $2");

/// A course that anybody can book. `$3` for whose visitors, if for a partner's.
pub(crate) const BOOKABLE_COURSE: &str = select_courses!(
    "$3",
    "c.id = $2 AND c.published AND w.published AND w.archived_at IS NULL AND w.organisation_listed AND w.format = 'course'"
);
