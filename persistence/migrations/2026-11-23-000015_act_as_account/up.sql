-- Who acts, as one statement: it tells the walls first, and answers what the account is then. A
-- statement that joins its question behind this finds the walls open, and only until it ends.
CREATE FUNCTION act_as(account uuid)
    RETURNS TABLE (staff_network boolean, staff_organisations uuid[], staff_roles text[], staff_counsellors uuid[])
    LANGUAGE plpgsql VOLATILE ROWS 1 AS $$
DECLARE
    told text;
BEGIN
    -- One may see one's own account and memberships; through them the organisations open.
    told := set_config('app.account', account::text, true);
    SELECT a.network_coordinator, mine.organisations, mine.roles
        INTO staff_network, staff_organisations, staff_roles
        FROM accounts a
        CROSS JOIN (SELECT coalesce(array_agg(m.organisation_id), '{}') AS organisations,
                           coalesce(array_agg(m.role), '{}') AS roles
                    FROM memberships m WHERE m.account_id = account) AS mine
        WHERE a.id = account;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    told := set_config('app.organisations', staff_organisations::text, true);
    told := set_config('app.network', staff_network::text, true);
    -- Whom the account is in the organisation beside it, if anybody.
    staff_counsellors := ARRAY(
        SELECT c.id
        FROM unnest(staff_organisations) WITH ORDINALITY AS mine (organisation_id, place)
        LEFT JOIN counsellors c ON c.organisation_id = mine.organisation_id AND c.account_id = account
                               AND c.archived_at IS NULL
        ORDER BY mine.place);
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION act_as IS 'Opens the walls for an account until the transaction ends, and answers its organisations with its role and its counsellor in each; nothing when it is gone.';
REVOKE EXECUTE ON FUNCTION act_as FROM PUBLIC;
GRANT EXECUTE ON FUNCTION act_as TO sprechstunde_staff;
