-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';

-- Whoever may claim or free a room on loan may not claim or free anything of its owner: the triggers
-- do it for them, with the program's own rights. A hold that is redeemed is gone before they come. A
-- quota is decided before, under the locks; here stands what nobody passes who books several at once.
GRANT SELECT (organisation_id, id, time_zone, quota, quota_unit, quota_per) ON loans TO sprechstunde_worker;
CREATE OR REPLACE FUNCTION claim_lent_room() RETURNS trigger LANGUAGE plpgsql SET role = sprechstunde_worker AS $$
DECLARE
    terms record;
    first timestamp;
    used numeric;
BEGIN
    INSERT INTO allocations (organisation_id, resource_id, claim_id, claimed_by_organisation_id, kind, starts_at, ends_at,
                             expires_at)
    SELECT q.lent_by, q.lent_room_id, NEW.claim_id, NEW.organisation_id, 'loan', NEW.starts_at, NEW.ends_at, NEW.expires_at
    FROM rooms q
    WHERE q.organisation_id = NEW.organisation_id AND q.id = NEW.resource_id AND q.loan_id IS NOT NULL;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT l.quota, l.quota_unit, l.quota_per, l.time_zone INTO terms
    FROM rooms q JOIN loans l ON l.organisation_id = q.lent_by AND l.id = q.loan_id
    WHERE q.organisation_id = NEW.organisation_id AND q.id = NEW.resource_id;
    IF terms.quota IS NULL THEN
        RETURN NULL;
    END IF;
    first := date_trunc(terms.quota_per, NEW.starts_at AT TIME ZONE terms.time_zone);
    SELECT CASE terms.quota_unit WHEN 'uses' THEN count(*)
                ELSE sum(extract(epoch FROM a.ends_at - a.starts_at)) / 60 END INTO used
    FROM allocations a
    WHERE a.organisation_id = NEW.organisation_id AND a.resource_id = NEW.resource_id AND a.expires_at IS NULL
      AND a.starts_at >= first AT TIME ZONE terms.time_zone
      AND a.starts_at < (first + ('1 ' || terms.quota_per)::interval) AT TIME ZONE terms.time_zone;
    IF used > terms.quota THEN
        RAISE EXCEPTION 'the quota of the loan does not suffice'
            USING ERRCODE = 'check_violation', TABLE = 'allocations', CONSTRAINT = 'allocations_within_quota';
    END IF;
    RETURN NULL;
END
$$;
CREATE OR REPLACE FUNCTION free_lent_room() RETURNS trigger LANGUAGE plpgsql SET role = sprechstunde_worker AS $$
BEGIN
    DELETE FROM allocations a USING rooms q
    WHERE q.organisation_id = OLD.organisation_id AND q.id = OLD.resource_id AND q.loan_id IS NOT NULL
      AND a.organisation_id = q.lent_by AND a.claim_id = OLD.claim_id AND a.resource_id = q.lent_room_id;
    RETURN NULL;
END
$$;
DROP POLICY borrower_claims ON allocations;
DROP POLICY borrower_frees ON allocations;

-- With a room on loan the owner's room behind it is locked.
CREATE OR REPLACE FUNCTION who_could_serve(organisation uuid, service uuid, site uuid, own_room uuid, own_counsellor uuid, tongue text)
    RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN ARRAY(
        WITH serving AS (
            SELECT s.member FROM could_serve(organisation, service, site, own_room, own_counsellor, tongue) s
            WHERE s.member IS NOT NULL)
        SELECT s.member FROM serving s
        UNION ALL
        SELECT q.lent_room_id FROM serving s
        JOIN rooms q ON q.organisation_id = organisation AND q.id = s.member AND q.loan_id IS NOT NULL);
END
$$;

-- Of a room on loan it is told what the loan leaves of it.
CREATE OR REPLACE FUNCTION needed(organisation uuid, service uuid, site uuid, own_room uuid, own_counsellor uuid, tongue text,
                       after timestamptz, before timestamptz, at timestamptz, overlooked uuid[])
    RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT jsonb_agg(jsonb_build_object('need', n.need, 'wanted', n.wanted, 'members', n.members) ORDER BY n.need, n.of)
        FROM (
            SELECT s.need, s.wanted, s.of,
                   coalesce(jsonb_agg(jsonb_build_object('id', s.member, 'claims', c.spans, 'unavailable', u.spans, 'lent', l.told)
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
            CROSS JOIN LATERAL (
                SELECT (SELECT lent(organisation, q.id, after, before, at, overlooked) FROM rooms q
                        WHERE q.organisation_id = organisation AND q.id = s.member AND q.loan_id IS NOT NULL) AS told) l
            GROUP BY s.need, s.wanted, s.of) n);
END
$$;
