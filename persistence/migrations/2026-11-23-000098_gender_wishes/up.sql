-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';
LOCK TABLE services, counsellors IN ACCESS EXCLUSIVE MODE;

-- Some talk more freely with a woman, some with a man: where a service allows it, visitors can wish.
ALTER TABLE counsellors
    ADD COLUMN gender text,
    ADD CONSTRAINT counsellors_gender CHECK (gender IN ('female', 'male', 'diverse'));
COMMENT ON COLUMN counsellors.gender IS 'As they say themselves, if they do. Shown to staff only; visitors find by it where a service allows that.';
ALTER TABLE services ADD COLUMN allows_gender_wish boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN services.allows_gender_wish IS 'Whether visitors can wish for the gender of the counsellor.';
GRANT SELECT (gender) ON counsellors TO sprechstunde_public;

-- A function, so that a search without that wish has nothing more to prepare.
CREATE FUNCTION has_gender(organisation uuid, counsellor uuid, wished text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM counsellors c WHERE c.organisation_id = organisation AND c.id = counsellor AND c.gender = wished);
END
$$;
COMMENT ON FUNCTION has_gender IS 'Whether a counsellor is of that gender; asked only for services that allow to wish for it.';
REVOKE EXECUTE ON FUNCTION has_gender FROM PUBLIC;
GRANT EXECUTE ON FUNCTION has_gender TO sprechstunde_public, sprechstunde_staff;
