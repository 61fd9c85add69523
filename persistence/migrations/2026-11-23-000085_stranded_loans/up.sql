-- How a loan was changed is part of the name of what it strands.
GRANT SELECT (version) ON loans TO sprechstunde_public;

-- Why a room on loan cannot be used at a time after all. It asks as the public does, so that the
-- borrower learns that the owner has closed, and never why.
CREATE FUNCTION lent_causes(borrower uuid, room uuid, after timestamptz, before timestamptz)
    RETURNS TABLE (reason text, cause text) LANGUAGE plpgsql STABLE SET role = sprechstunde_public AS $$
DECLARE
    terms record;
    starts timestamp;
    ends timestamp;
BEGIN
    SELECT l.id, l.version, l.hours, l.valid_from, l.valid_until, l.time_zone, q.lent_by, q.lent_room_id, o.site_id,
           l.archived_at IS NOT NULL OR o.archived_at IS NOT NULL OR o.id IS NULL AS is_over
    INTO terms
    FROM rooms q
    JOIN loans l ON l.organisation_id = q.lent_by AND l.id = q.loan_id
    LEFT JOIN rooms o ON o.organisation_id = q.lent_by AND o.id = q.lent_room_id
    WHERE q.organisation_id = borrower AND q.id = room;
    IF terms.id IS NULL THEN
        RETURN;
    END IF;
    starts := after AT TIME ZONE terms.time_zone;
    ends := before AT TIME ZONE terms.time_zone;
    IF terms.is_over THEN
        RETURN QUERY SELECT 'loan_ended', 'loan_ended:' || terms.id;
    ELSIF starts::date NOT BETWEEN terms.valid_from AND coalesce(terms.valid_until, 'infinity')
        OR starts::date <> ends::date OR NOT EXISTS (
            SELECT FROM unnest(terms.hours) AS h (line)
            WHERE split_part(h.line, ' ', 1) = (ARRAY['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'])[extract(isodow FROM starts)]
              AND split_part(h.line, ' ', 2)::time <= starts::time AND split_part(h.line, ' ', 3)::time >= ends::time) THEN
        RETURN QUERY SELECT 'not_lent', 'not_lent:' || terms.id || '@' || terms.version;
    END IF;
    RETURN QUERY
        SELECT 'closure', 'closure:' || terms.lent_room_id || '@' || extract(epoch FROM k.starts_at)::bigint
        FROM closures k
        WHERE k.organisation_id = terms.lent_by AND (k.room_id IS NULL OR k.room_id = terms.lent_room_id)
          AND (k.site_id IS NULL OR k.site_id = terms.site_id) AND k.archived_at IS NULL
          AND k.ends_at > after AND k.starts_at < before;
END
$$;
COMMENT ON FUNCTION lent_causes IS 'What keeps a room on loan from being used at a time: the loan has ended, or does not cover it, or the owner has closed.';
REVOKE EXECUTE ON FUNCTION lent_causes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lent_causes TO sprechstunde_staff;
