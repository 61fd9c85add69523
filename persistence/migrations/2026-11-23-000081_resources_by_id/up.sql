-- Outside a transaction, so that nobody waits for it. Who claims a room on loan locks a resource of
-- another organisation with the own ones, in one order.
CREATE INDEX CONCURRENTLY resources_id ON resources (id);
