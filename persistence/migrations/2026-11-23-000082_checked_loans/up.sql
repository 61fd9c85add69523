-- Reads whole tables, and locks nobody out meanwhile.
ALTER TABLE rooms VALIDATE CONSTRAINT rooms_loan;
ALTER TABLE rooms VALIDATE CONSTRAINT rooms_loan_fkey;
ALTER TABLE allocations VALIDATE CONSTRAINT allocations_kind;
ALTER TABLE allocations VALIDATE CONSTRAINT allocations_expiry;

-- What the owner's claims and closures leave of a room on loan, and the terms. It asks as the public
-- does: spans, and never whose or why. In PL/pgSQL, and called for rooms on loan only.
CREATE FUNCTION lent(borrower uuid, room uuid, after timestamptz, before timestamptz, at timestamptz, overlooked uuid[])
    RETURNS jsonb LANGUAGE plpgsql STABLE SET role = sprechstunde_public AS $$
BEGIN
    RETURN (
        SELECT jsonb_build_object(
            'time_zone', l.time_zone, 'hours', to_jsonb(l.hours), 'valid_from', l.valid_from, 'valid_until', l.valid_until,
            'quota', l.quota, 'quota_unit', l.quota_unit, 'quota_per', l.quota_per,
            'ended', l.archived_at IS NOT NULL OR o.archived_at IS NOT NULL OR o.id IS NULL,
            'after', extract(epoch FROM after), 'before', extract(epoch FROM before),
            'used', (
                SELECT coalesce(jsonb_agg(jsonb_build_array(extract(epoch FROM a.starts_at), extract(epoch FROM a.ends_at))), '[]')
                FROM allocations a
                WHERE a.organisation_id = borrower AND a.resource_id = room AND a.claim_id <> ALL (overlooked)
                  AND a.starts_at > after - interval '34 days' AND a.starts_at < before + interval '34 days'
                  AND (a.expires_at IS NULL OR a.expires_at > at)),
            'claims', (
                SELECT coalesce(jsonb_agg(jsonb_build_array(extract(epoch FROM a.starts_at), extract(epoch FROM a.ends_at))), '[]')
                FROM allocations a
                WHERE a.organisation_id = q.lent_by AND a.resource_id = q.lent_room_id AND a.claim_id <> ALL (overlooked)
                  AND a.starts_at > after - interval '48 hours' AND a.starts_at < before + interval '24 hours'
                  AND (a.expires_at IS NULL OR a.expires_at > at)),
            'closed', (
                SELECT coalesce(jsonb_agg(jsonb_build_array(extract(epoch FROM k.starts_at), extract(epoch FROM k.ends_at))), '[]')
                FROM closures k
                WHERE k.organisation_id = q.lent_by AND (k.room_id IS NULL OR k.room_id = q.lent_room_id)
                  AND (k.site_id IS NULL OR k.site_id = o.site_id) AND k.archived_at IS NULL
                  AND k.ends_at > after AND k.starts_at < before))
        FROM rooms q
        JOIN loans l ON l.organisation_id = q.lent_by AND l.id = q.loan_id
        LEFT JOIN rooms o ON o.organisation_id = q.lent_by AND o.id = q.lent_room_id
        WHERE q.organisation_id = borrower AND q.id = room);
END
$$;
COMMENT ON FUNCTION lent IS 'Of a room on loan: its terms, what the borrower uses of it, and when the owner''s room is busy or closed, in seconds since 1970.';
REVOKE EXECUTE ON FUNCTION lent FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lent TO sprechstunde_public, sprechstunde_staff;

-- Removes what is left of expired holds of others on the owners' rooms, as the public may.
CREATE FUNCTION clear_lent(borrower uuid, locked uuid[], at timestamptz, after timestamptz, before timestamptz)
    RETURNS void LANGUAGE plpgsql VOLATILE SET role = sprechstunde_public AS $$
DECLARE
    told text := set_config('app.now', at::text, true);
BEGIN
    DELETE FROM allocations a USING rooms q
    WHERE q.organisation_id = borrower AND q.id = ANY (locked) AND q.loan_id IS NOT NULL
      AND a.organisation_id = q.lent_by AND a.resource_id = q.lent_room_id AND a.expires_at <= at
      AND a.starts_at > after - interval '48 hours' AND a.starts_at < before + interval '24 hours';
END
$$;
COMMENT ON FUNCTION clear_lent IS 'Removes expired claims from the owners'' rooms behind rooms on loan; those are locked.';
REVOKE EXECUTE ON FUNCTION clear_lent FROM PUBLIC;
GRANT EXECUTE ON FUNCTION clear_lent TO sprechstunde_public, sprechstunde_staff;

-- When the room of a loan is claimed, by whomever: all that a borrower learns of others.
CREATE FUNCTION busy_in_loan(owner uuid, room uuid, after timestamptz, before timestamptz, at timestamptz)
    RETURNS TABLE (starts_at timestamptz, ends_at timestamptz) LANGUAGE plpgsql STABLE SET role = sprechstunde_public AS $$
BEGIN
    RETURN QUERY
        SELECT a.starts_at, a.ends_at FROM allocations a
        WHERE a.organisation_id = owner AND a.resource_id = room AND a.starts_at > after - interval '24 hours'
          AND a.starts_at < before AND a.ends_at > after AND (a.expires_at IS NULL OR a.expires_at > at);
END
$$;
COMMENT ON FUNCTION busy_in_loan IS 'The busy spans of a room, without their cause, as the public sees them.';
REVOKE EXECUTE ON FUNCTION busy_in_loan FROM PUBLIC;
GRANT EXECUTE ON FUNCTION busy_in_loan TO sprechstunde_staff;
