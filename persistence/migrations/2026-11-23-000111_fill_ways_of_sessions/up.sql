-- Works out what was copied before, while programs go on serving: rows are locked, the table is not.
-- Whatever a trigger works out meanwhile is left alone. As the worker, whose wall is open for every
-- tenant.
SET LOCAL ROLE sprechstunde_worker;
UPDATE session_services o SET modalities = ways_of(o.organisation_id, o.session_id, o.service_id)
FROM services v
WHERE v.organisation_id = o.organisation_id AND v.id = o.service_id AND NOT o.modalities <@ v.modalities
  AND o.modalities IS DISTINCT FROM ways_of(o.organisation_id, o.session_id, o.service_id);
RESET ROLE;
