//! Of a service and of one slot: one row for each counsellor in one place (`groups.rs`).

/// How far before a session of a service `v` something may claim what it needs, or count for its
/// caps: the same local day, or where its weeks have a cap, the places of the week.
macro_rules! behind {
    () => {
        "CASE WHEN v.max_per_week IS NULL THEN interval '50 hours' ELSE interval '9 days' END"
    };
}

/// As `behind!`, for what comes after it.
macro_rules! ahead {
    () => {
        "CASE WHEN v.max_per_week IS NULL THEN interval '26 hours' ELSE interval '48 hours' END"
    };
}

/// What is told of `r`, some sessions of a service `v`: of whom and where they are, what is
/// occupied, and the rules of the service; what it needs is told by the caller.
macro_rules! described {
    ($needed:expr, $lent:expr) => {
        concat!($needed, " AS needed, ", $lent, " AS lent, r.counsellor_id, r.site_id, r.room_id, r.opens_on_holidays, r.modalities,
       c.languages AS spoken, c.max_per_day, c.pause_after, c.pause_minutes, p.time_zone, p.federal_state, q.id IS NOT NULL AS room_is_there,
       a.claimed, a.claims_start, a.claims_end,
       ARRAY(SELECT ROW(a.starts_at, a.ends_at) FROM absences a
             WHERE a.organisation_id = v.organisation_id AND a.counsellor_id = r.counsellor_id AND a.archived_at IS NULL
               AND a.ends_at > r.starts_at AND a.starts_at < r.ends_at) AS absences,
       ARRAY(SELECT ROW(k.site_id, k.room_id, k.starts_at, k.ends_at) FROM closures k
             WHERE k.organisation_id = v.organisation_id AND k.archived_at IS NULL
               AND k.ends_at > r.starts_at AND k.starts_at < r.ends_at) AS closures,
       v.organisation_id, v.id AS service_id, v.format, v.length_minutes, v.start_every_minutes, v.buffer_before_minutes,
       v.buffer_after_minutes, v.minimum_notice_minutes, v.horizon_days, v.cancellation_deadline_minutes, ", reschedule_deadline!(), " AS reschedule_deadline_minutes, v.max_per_week,
       v.contact_rule, v.languages, ", approval!(), " AS approval_within_minutes")
    };
}

/// Counsellor, site and room of `r`, as far as they are still there.
macro_rules! who_is_there {
    () => {
        "LEFT JOIN counsellors c ON c.organisation_id = v.organisation_id AND c.id = r.counsellor_id AND c.archived_at IS NULL
LEFT JOIN sites p ON p.organisation_id = v.organisation_id AND p.id = r.site_id AND p.archived_at IS NULL
LEFT JOIN rooms q ON q.organisation_id = v.organisation_id AND q.id = r.room_id AND q.archived_at IS NULL
"
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
    ($near:expr, $session:expr, $service:expr, $until:literal, $needed:expr) => {
        concat!(
            $near,
            "SELECT r.sessions, r.starts, r.ends, r.places, ",
            kept!("r.sessions"),
            " AS kept, ",
            described!($needed, lent!("$2", nobody!())),
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
           array_agg(places_of(v.organisation_id, v.id, o.session_id, $2, NULL, NULL))
               FILTER (WHERE v.format = 'group') AS places,
           min(o.starts_at) AS starts_at, max(o.ends_at) AS ends_at
    FROM read o
    GROUP BY 1, 2, 3, 4, 5) r
",
            who_is_there!(),
            "CROSS JOIN LATERAL (
    SELECT array_agg(a.resource_id) AS claimed, array_agg(a.starts_at) AS claims_start, array_agg(a.ends_at) AS claims_end
    FROM allocations a
    WHERE a.organisation_id = v.organisation_id AND a.resource_id IN (r.counsellor_id, r.room_id, v.id)
      AND a.starts_at > r.starts_at - ", behind!(), " AND a.starts_at < r.ends_at + ", ahead!(), "
      AND (a.expires_at IS NULL OR a.expires_at > $2)) a
WHERE v.id = $1 AND ",
            bookable!(),
            $service
        )
    };
}

pub(in crate::slots) const BY_SERVICE: &str =
    by_service!("", "", "", "$7", needed!("", "$2", nobody!(), "NULL"));

pub(in crate::slots) const BY_SERVICE_AS_WISHED: &str = by_service!(
    concat!("WITH ", near!(), "\n"),
    wished_session!(),
    wished_service!(),
    "$17",
    needed!(" OR $15::text IS NOT NULL", "$2", nobody!(), "$15")
);

/// The language to be interpreted for an appointment, `$6`, that has somebody who interprets.
macro_rules! interpreted {
    () => {
        "(SELECT m.language FROM appointments m
          WHERE m.organisation_id = $1 AND m.id = $6 AND m.interpreter_id IS NOT NULL)"
    };
}

/// One slot: a row as for a service, when its session offers it, and whether anything around it has
/// expired. `$1` the organisation, `$2` the session, `$3` the service, `$4` the start of the slot,
/// `$5` now, `$6` a claim to overlook, `$7` for whose visitors a place is wanted, if for a partner's.
/// No claim is longer than a day, neither that of the slot nor one in its way; and what begins on the
/// same local day counts for caps.
macro_rules! by_slot {
    ($tongue:expr) => {
        concat!(
    "SELECT ARRAY[r.session_id] AS sessions, ARRAY[r.starts_at] AS starts, ARRAY[r.ends_at] AS ends, a.expired,
       CASE WHEN v.format = 'group' THEN
            ARRAY[places_of(v.organisation_id, v.id, r.session_id, $5, $6, $7)] END AS places, ",
    kept!("ARRAY[r.session_id]"), " AS kept, ",
    described!(needed!(" OR v.books_interpreters", "$5", "ARRAY[$6]", $tongue), lent!("$5", "ARRAY[$6]")),
    "
FROM session_services r
JOIN services v ON v.organisation_id = r.organisation_id AND v.id = r.service_id
",
    who_is_there!(),
    "CROSS JOIN LATERAL (
    SELECT array_agg(a.resource_id) FILTER (WHERE (a.expires_at <= $5) IS NOT TRUE) AS claimed,
           array_agg(a.starts_at) FILTER (WHERE (a.expires_at <= $5) IS NOT TRUE) AS claims_start,
           array_agg(a.ends_at) FILTER (WHERE (a.expires_at <= $5) IS NOT TRUE) AS claims_end,
           bool_or(a.expires_at <= $5) AS expired
    FROM allocations a
    WHERE a.organisation_id = v.organisation_id AND a.resource_id IN (r.counsellor_id, r.room_id, v.id)
      AND a.starts_at > $4::timestamptz - ", behind!(), " AND a.starts_at < $4 + ", ahead!(), "
      AND a.claim_id <> $6) a
WHERE r.organisation_id = $1 AND r.session_id = $2 AND r.service_id = $3 AND r.status = 'published'
  AND r.starts_at < $5 + v.horizon_days * interval '1 day' AND ",
    bookable!()
        )
    };
}

/// `$8` the language to be interpreted, if any.
pub(in crate::slots) const BY_SLOT: &str = by_slot!("$8");

/// For an appointment that moves.
pub(in crate::slots) const BY_SLOT_FOR_APPOINTMENT: &str = by_slot!(interpreted!());

/// The slots that start at some instants, wherever they lie in the counsellor's sessions: a row as
/// of one slot for each of them. `$1` the organisation, `$2` the service, `$3` the counsellor, `$4`
/// the starts, `$5` now, `$6` claims to overlook, `$7` the language to be interpreted, if any. Places
/// of groups are not told of: nobody books them by dates. No session is longer than 25 hours.
pub(in crate::slots) const BY_DATES: &str = concat!(
    "SELECT ARRAY[r.session_id] AS sessions, ARRAY[r.starts_at] AS starts, ARRAY[r.ends_at] AS ends, a.expired,
       NULL::text[] AS places, ",
    kept!("ARRAY[r.session_id]"),
    " AS kept, ",
    described!(needed!(" OR v.books_interpreters", "$5", "$6", "$7"), lent!("$5", "$6")),
    "
FROM unnest($4) AS date (starts_at)
JOIN session_services r ON r.organisation_id = $1 AND r.service_id = $2 AND r.counsellor_id = $3
    AND r.status = 'published' AND r.starts_at <= date.starts_at
    AND r.starts_at > date.starts_at - interval '25 hours' AND r.ends_at > date.starts_at
JOIN services v ON v.organisation_id = r.organisation_id AND v.id = r.service_id
",
    who_is_there!(),
    "CROSS JOIN LATERAL (
    SELECT array_agg(a.resource_id) FILTER (WHERE (a.expires_at <= $5) IS NOT TRUE) AS claimed,
           array_agg(a.starts_at) FILTER (WHERE (a.expires_at <= $5) IS NOT TRUE) AS claims_start,
           array_agg(a.ends_at) FILTER (WHERE (a.expires_at <= $5) IS NOT TRUE) AS claims_end,
           bool_or(a.expires_at <= $5) AS expired
    FROM allocations a
    WHERE a.organisation_id = v.organisation_id AND a.resource_id IN (r.counsellor_id, r.room_id, v.id)
      AND a.starts_at > date.starts_at - ", behind!(), " AND a.starts_at < date.starts_at + ", ahead!(), "
      AND a.claim_id <> ALL ($6)) a
WHERE r.starts_at < $5 + v.horizon_days * interval '1 day' AND ",
    bookable!()
);

/// The sessions of a service that are open at one instant, whether the service is published or not:
/// a row as of one slot for each, and whether it is. `$1` the service, `$2` the instant, `$3` now, `$4` the counsellor,
/// `$5` the site, `$6` the language to be interpreted, as far as they matter.
pub(in crate::slots) const BY_START: &str = concat!(
    "SELECT ARRAY[r.session_id] AS sessions, ARRAY[r.starts_at] AS starts, ARRAY[r.ends_at] AS ends,
       v.published AND v.archived_at IS NULL AND v.organisation_listed AS is_published,
       CASE WHEN v.format = 'group' THEN
            ARRAY[places_of(v.organisation_id, v.id, r.session_id, $3, NULL, NULL)] END AS places, ",
    kept!("ARRAY[r.session_id]"), " AS kept, ",
    described!(needed!(" OR $6::text IS NOT NULL", "$3", nobody!(), "$6"), lent!("$3", nobody!())),
    "
FROM services v
JOIN session_services r ON r.organisation_id = v.organisation_id AND r.service_id = v.id
    AND r.status = 'published' AND r.starts_at <= $2
    AND r.starts_at > $2::timestamptz - interval '25 hours' AND r.ends_at > $2
",
    who_is_there!(),
    "CROSS JOIN LATERAL (
    SELECT array_agg(a.resource_id) AS claimed, array_agg(a.starts_at) AS claims_start, array_agg(a.ends_at) AS claims_end
    FROM allocations a
    WHERE a.organisation_id = v.organisation_id AND a.resource_id IN (r.counsellor_id, r.room_id, v.id)
      AND a.starts_at > $2 - ", behind!(), " AND a.starts_at < $2 + ", ahead!(), "
      AND (a.expires_at IS NULL OR a.expires_at > $3)) a
WHERE v.id = $1 AND ($4::uuid IS NULL OR r.counsellor_id = $4) AND ($5::uuid IS NULL OR r.site_id = $5)"
);

/// The slots that start at one instant, of all sessions of a service at a site: a row as of one slot
/// for each of them. `$1` the organisation, `$2` the service, `$3` the site, `$4` the start, `$5` the
/// gender that is wished, `$6` now, `$7` the language to be interpreted. Groups are not told of.
pub(in crate::slots) const BY_TIME: &str = concat!(
    "SELECT ARRAY[r.session_id] AS sessions, ARRAY[r.starts_at] AS starts, ARRAY[r.ends_at] AS ends, a.expired,
       NULL::text[] AS places, ",
    kept!("ARRAY[r.session_id]"),
    " AS kept, ",
    described!(needed!(" OR v.books_interpreters", "$6", nobody!(), "$7"), lent!("$6", nobody!())),
    "
FROM session_services r
JOIN services v ON v.organisation_id = r.organisation_id AND v.id = r.service_id
",
    who_is_there!(),
    "CROSS JOIN LATERAL (
    SELECT array_agg(a.resource_id) FILTER (WHERE (a.expires_at <= $6) IS NOT TRUE) AS claimed,
           array_agg(a.starts_at) FILTER (WHERE (a.expires_at <= $6) IS NOT TRUE) AS claims_start,
           array_agg(a.ends_at) FILTER (WHERE (a.expires_at <= $6) IS NOT TRUE) AS claims_end,
           bool_or(a.expires_at <= $6) AS expired
    FROM allocations a
    WHERE a.organisation_id = v.organisation_id AND a.resource_id IN (r.counsellor_id, r.room_id, v.id)
      AND a.starts_at > $4::timestamptz - ", behind!(), " AND a.starts_at < $4 + ", ahead!(), ") a
WHERE r.organisation_id = $1 AND r.service_id = $2 AND r.site_id = $3 AND r.status = 'published'
  AND r.starts_at <= $4 AND r.starts_at > $4::timestamptz - interval '25 hours' AND r.ends_at > $4
  AND ($5::text IS NULL OR v.allows_gender_wish AND has_gender(r.organisation_id, r.counsellor_id, $5))
  AND r.starts_at < $6 + v.horizon_days * interval '1 day' AND ",
    bookable!()
);
