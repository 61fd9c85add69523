-- Reads the whole tables, and locks nobody out meanwhile.
ALTER TABLE appointments VALIDATE CONSTRAINT appointments_interpreter_fkey;
ALTER TABLE resources VALIDATE CONSTRAINT resources_kind;

-- All resources that could serve what a service needs at a site, beside the counsellor and the room
-- of the session itself: for each need how many are wanted, and of whom. A room of the session that
-- lacks a feature leaves that need without anybody.
CREATE FUNCTION could_serve(organisation uuid, service uuid, site uuid, own_room uuid, own_counsellor uuid, tongue text)
    RETURNS TABLE (need text, wanted integer, of uuid, member uuid) LANGUAGE sql STABLE
    BEGIN ATOMIC
    SELECT 'room', 1, NULL::uuid, q.id
    FROM services v
    LEFT JOIN rooms q ON q.organisation_id = v.organisation_id AND q.site_id = site AND q.archived_at IS NULL
                     AND q.features @> v.room_features AND own_room IS NULL
    WHERE v.organisation_id = organisation AND v.id = service AND v.needs_room
      AND NOT EXISTS (SELECT FROM rooms o WHERE o.organisation_id = organisation AND o.id = own_room
                                            AND o.features @> v.room_features)
    UNION ALL
    SELECT 'interpreter', 1, NULL, c.id
    FROM services v
    LEFT JOIN counsellors c ON c.organisation_id = v.organisation_id AND c.archived_at IS NULL
                           AND tongue = ANY (c.interprets) AND c.id <> own_counsellor
    WHERE v.organisation_id = organisation AND v.id = service AND v.books_interpreters AND tongue IS NOT NULL
    UNION ALL
    SELECT 'equipment', n.pieces, n.id, p.id
    FROM services v
    CROSS JOIN unnest(v.equipment_ids, v.equipment_pieces) AS n (id, pieces)
    LEFT JOIN equipment e ON e.organisation_id = v.organisation_id AND e.id = n.id AND e.archived_at IS NULL
                         AND (e.site_id IS NULL OR e.site_id = site)
    LEFT JOIN equipment_pieces p ON p.organisation_id = e.organisation_id AND p.equipment_id = e.id
                                AND p.number <= e.pieces
    WHERE v.organisation_id = organisation AND v.id = service;
    END;
COMMENT ON FUNCTION could_serve IS 'Who or what could serve the needs of a service at a site; a need that nobody can serve has a row without a member.';

-- In PL/pgSQL, as the next: it is prepared when it is called first, and not by everybody who could call it.
CREATE FUNCTION who_could_serve(organisation uuid, service uuid, site uuid, own_room uuid, own_counsellor uuid, tongue text)
    RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN ARRAY(SELECT s.member FROM could_serve(organisation, service, site, own_room, own_counsellor, tongue) s
                 WHERE s.member IS NOT NULL);
END
$$;
COMMENT ON FUNCTION who_could_serve IS 'All of whom a booking may choose: it locks them before it looks.';

-- Called only where something is needed: a function costs those nothing who do not call it, and a
-- join costs everybody its preparation.
CREATE FUNCTION needed(organisation uuid, service uuid, site uuid, own_room uuid, own_counsellor uuid, tongue text,
                       after timestamptz, before timestamptz, at timestamptz, overlooked uuid[])
    RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT jsonb_agg(jsonb_build_object('need', n.need, 'wanted', n.wanted, 'members', n.members) ORDER BY n.need, n.of)
        FROM (
            SELECT s.need, s.wanted, s.of,
                   coalesce(jsonb_agg(jsonb_build_object('id', s.member, 'claims', c.spans, 'unavailable', u.spans)
                                      ORDER BY s.member) FILTER (WHERE s.member IS NOT NULL), '[]') AS members
            FROM could_serve(organisation, service, site, own_room, own_counsellor, tongue) s
            CROSS JOIN LATERAL (
                SELECT coalesce(jsonb_agg(jsonb_build_array(extract(epoch FROM a.starts_at), extract(epoch FROM a.ends_at))), '[]') AS spans
                FROM allocations a
                WHERE a.organisation_id = organisation AND a.resource_id = s.member AND a.claim_id <> ALL (overlooked)
                  AND a.starts_at > after - interval '48 hours' AND a.starts_at < before + interval '24 hours'
                  AND (a.expires_at IS NULL OR a.expires_at > at)) c
            CROSS JOIN LATERAL (
                SELECT coalesce(jsonb_agg(jsonb_build_array(extract(epoch FROM t.starts_at), extract(epoch FROM t.ends_at))), '[]') AS spans
                FROM (SELECT a.starts_at, a.ends_at FROM absences a
                      WHERE a.organisation_id = organisation AND a.counsellor_id = s.member AND a.archived_at IS NULL
                        AND a.ends_at > after AND a.starts_at < before
                      UNION ALL
                      SELECT k.starts_at, k.ends_at FROM closures k
                      WHERE k.organisation_id = organisation AND k.room_id = s.member AND k.archived_at IS NULL
                        AND k.ends_at > after AND k.starts_at < before) t) u
            GROUP BY s.need, s.wanted, s.of) n);
END
$$;
COMMENT ON FUNCTION needed IS 'What a service needs at a site, and when those who could serve it are busy, in seconds since 1970; NULL when it needs nothing.';
