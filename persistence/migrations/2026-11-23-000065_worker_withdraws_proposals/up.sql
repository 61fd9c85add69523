-- A request that nobody answered in time is ended by the worker, and its proposals end with it. Which
-- appointment a proposal is for is an id, and says nothing of a visitor.
GRANT SELECT (organisation_id, id, appointment_id, state), UPDATE (state) ON proposals TO sprechstunde_worker;
