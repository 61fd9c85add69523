-- Fills what older programs have written, while they go on serving: rows are locked, the table is
-- not. Whatever a trigger fills meanwhile is left alone. As the worker, whose wall is open for
-- every tenant.
SET LOCAL ROLE sprechstunde_worker;
UPDATE session_services o
SET topic = v.topic, ends_at = s.ends_at, counsellor_id = s.counsellor_id, site_id = s.site_id, room_id = s.room_id,
    modalities = s.modalities, opens_on_holidays = s.opens_on_holidays, status = s.status
FROM sessions s, services v
WHERE s.organisation_id = o.organisation_id AND s.id = o.session_id
  AND v.organisation_id = o.organisation_id AND v.id = o.service_id
  AND o.ends_at IS NULL;
RESET ROLE;
