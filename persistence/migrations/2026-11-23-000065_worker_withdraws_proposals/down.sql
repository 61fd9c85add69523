REVOKE SELECT (organisation_id, id, appointment_id, state), UPDATE (state) ON proposals FROM sprechstunde_worker;
