-- Reads the whole table, and locks nobody out meanwhile.
ALTER TABLE appointments VALIDATE CONSTRAINT appointments_second_counsellor_fkey;
ALTER TABLE appointments VALIDATE CONSTRAINT appointments_two_counsellors;

-- Others with hours of a service at the site of a session, and all that decides whether they come
-- along: how far they go, what claims them from the same local day on, when they are away, and what
-- they give at most. Hours on public holidays count where they have to.
CREATE FUNCTION companions(organisation uuid, service uuid, site uuid, own_counsellor uuid,
                           after timestamptz, before timestamptz, at timestamptz, overlooked uuid[], on_holidays boolean)
    RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT jsonb_agg(jsonb_build_object('id', c.id, 'claims', a.spans, 'unavailable', t.spans, 'hours', h.spans,
                   'area', jsonb_build_array(c.visits_from_latitude, c.visits_from_longitude, c.visits_within_km),
                   'caps', jsonb_build_array(c.max_per_day, c.pause_after, c.pause_minutes),
                   'time_zone', p.time_zone) ORDER BY c.id)
        FROM (SELECT o.counsellor_id,
                     jsonb_agg(jsonb_build_array(extract(epoch FROM o.starts_at), extract(epoch FROM o.ends_at))) AS spans
              FROM session_services o
              WHERE o.organisation_id = organisation AND o.service_id = service AND o.site_id = site
                AND o.counsellor_id <> own_counsellor AND o.status = 'published' AND 'at_home' = ANY (o.modalities)
                AND o.starts_at > after - interval '25 hours' AND o.starts_at < before AND o.ends_at > after
                AND (o.opens_on_holidays OR NOT on_holidays)
              GROUP BY o.counsellor_id) h
        JOIN counsellors c ON c.organisation_id = organisation AND c.id = h.counsellor_id
                          AND c.archived_at IS NULL AND c.visits_within_km IS NOT NULL
        JOIN sites p ON p.organisation_id = organisation AND p.id = site
        CROSS JOIN LATERAL (
            SELECT coalesce(jsonb_agg(jsonb_build_array(extract(epoch FROM k.starts_at), extract(epoch FROM k.ends_at))), '[]') AS spans
            FROM allocations k
            WHERE k.organisation_id = organisation AND k.resource_id = c.id AND k.claim_id <> ALL (overlooked)
              AND k.starts_at > after - interval '50 hours' AND k.starts_at < before + interval '26 hours'
              AND (k.expires_at IS NULL OR k.expires_at > at)) a
        CROSS JOIN LATERAL (
            SELECT coalesce(jsonb_agg(jsonb_build_array(extract(epoch FROM x.starts_at), extract(epoch FROM x.ends_at))), '[]') AS spans
            FROM absences x
            WHERE x.organisation_id = organisation AND x.counsellor_id = c.id AND x.archived_at IS NULL
              AND x.ends_at > after AND x.starts_at < before) t);
END
$$;
COMMENT ON FUNCTION companions IS 'Who could come along to the visits of a session, with all that decides about it; in seconds since 1970.';

-- As `needed`, and called only where visits are: it costs those nothing who do not call it.
CREATE FUNCTION visited(organisation uuid, service uuid, site uuid, own_room uuid, own_counsellor uuid, tongue text,
                        after timestamptz, before timestamptz, at timestamptz, overlooked uuid[], on_holidays boolean)
    RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce(needed(organisation, service, site, own_room, own_counsellor, tongue, after, before, at, overlooked), '[]')
        || (SELECT jsonb_build_array(jsonb_build_object('need', 'visit', 'volunteers', v.volunteers,
                'minutes_per_km', v.travel_minutes_per_km, 'minimum_minutes', v.travel_minimum_minutes,
                'area', (SELECT jsonb_build_array(c.visits_from_latitude, c.visits_from_longitude, c.visits_within_km)
                         FROM counsellors c
                         WHERE c.organisation_id = organisation AND c.id = own_counsellor AND c.visits_within_km IS NOT NULL),
                'others', CASE WHEN v.volunteers > 1 THEN
                    companions(organisation, service, site, own_counsellor, after, before, at, overlooked, on_holidays) END))
            FROM services v WHERE v.organisation_id = organisation AND v.id = service);
END
$$;
COMMENT ON FUNCTION visited IS 'As needed, and of whom visits could be, how far they go, and how ways are reckoned.';

CREATE FUNCTION who_could_visit(organisation uuid, service uuid, site uuid, own_room uuid, own_counsellor uuid, tongue text,
                                after timestamptz, before timestamptz)
    RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN who_could_serve(organisation, service, site, own_room, own_counsellor, tongue)
        || ARRAY(SELECT o.counsellor_id FROM session_services o
                 JOIN services v ON v.organisation_id = organisation AND v.id = service AND v.volunteers > 1
                 WHERE o.organisation_id = organisation AND o.service_id = service AND o.site_id = site
                   AND o.status = 'published'
                   AND o.starts_at > after - interval '25 hours' AND o.starts_at < before AND o.ends_at > after);
END
$$;
COMMENT ON FUNCTION who_could_visit IS 'As who_could_serve, and all who could come along to the visits of a session.';
