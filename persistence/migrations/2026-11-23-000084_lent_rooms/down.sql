-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';

REVOKE SELECT (organisation_id, id, time_zone, quota, quota_unit, quota_per) ON loans FROM sprechstunde_worker;
CREATE POLICY borrower_claims ON allocations FOR INSERT TO sprechstunde_staff
    WITH CHECK (kind = 'loan' AND claimed_by_organisation_id = ANY (acting_organisations())
        AND EXISTS (SELECT FROM rooms q
                    WHERE q.organisation_id = claimed_by_organisation_id AND q.lent_by = allocations.organisation_id
                      AND q.lent_room_id = resource_id));
CREATE POLICY borrower_frees ON allocations FOR DELETE TO sprechstunde_staff
    USING (kind = 'loan' AND claimed_by_organisation_id = ANY ((SELECT acting_organisations())::uuid[]));

CREATE OR REPLACE FUNCTION claim_lent_room() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO allocations (organisation_id, resource_id, claim_id, claimed_by_organisation_id, kind, starts_at, ends_at,
                             expires_at)
    SELECT q.lent_by, q.lent_room_id, NEW.claim_id, NEW.organisation_id, 'loan', NEW.starts_at, NEW.ends_at, NEW.expires_at
    FROM rooms q
    WHERE q.organisation_id = NEW.organisation_id AND q.id = NEW.resource_id AND q.loan_id IS NOT NULL;
    RETURN NULL;
END
$$;
CREATE OR REPLACE FUNCTION free_lent_room() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM allocations a USING rooms q
    WHERE q.organisation_id = OLD.organisation_id AND q.id = OLD.resource_id AND q.loan_id IS NOT NULL
      AND a.organisation_id = q.lent_by AND a.claim_id = OLD.claim_id AND a.resource_id = q.lent_room_id;
    RETURN NULL;
END
$$;

-- As they were before: rooms on loan are rooms like others then.
-- In PL/pgSQL, as the next: it is prepared when it is called first, and not by everybody who could call it.
CREATE OR REPLACE FUNCTION who_could_serve(organisation uuid, service uuid, site uuid, own_room uuid, own_counsellor uuid, tongue text)
    RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN ARRAY(SELECT s.member FROM could_serve(organisation, service, site, own_room, own_counsellor, tongue) s
                 WHERE s.member IS NOT NULL);
END
$$;

-- Called only where something is needed: a function costs those nothing who do not call it, and a
-- join costs everybody its preparation.
CREATE OR REPLACE FUNCTION needed(organisation uuid, service uuid, site uuid, own_room uuid, own_counsellor uuid, tongue text,
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
