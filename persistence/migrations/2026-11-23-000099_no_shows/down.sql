DROP TABLE no_shows;
DROP FUNCTION shown_contacts;
REVOKE SELECT (no_show_after, no_show_within_days, no_show_approval_days) ON organisations FROM sprechstunde_public;
ALTER TABLE organisations
    DROP CONSTRAINT organisations_no_shows,
    DROP COLUMN no_show_after,
    DROP COLUMN no_show_within_days,
    DROP COLUMN no_show_approval_days;
