-- Fills what was written before, while programs go on serving: rows are locked, the table is not.
-- Whatever a trigger fills meanwhile is left alone. As the worker, whose wall is open for every
-- tenant.
SET LOCAL ROLE sprechstunde_worker;
UPDATE session_services o SET languages = c.languages
FROM counsellors c
WHERE c.organisation_id = o.organisation_id AND c.id = o.counsellor_id AND o.languages IS NULL;
RESET ROLE;
