-- Reads whole tables, and locks nobody out meanwhile.
ALTER TABLE services VALIDATE CONSTRAINT services_capacity;
ALTER TABLE services VALIDATE CONSTRAINT services_minimum;
ALTER TABLE sessions VALIDATE CONSTRAINT sessions_capacity;
ALTER TABLE allocations VALIDATE CONSTRAINT allocations_kind;
