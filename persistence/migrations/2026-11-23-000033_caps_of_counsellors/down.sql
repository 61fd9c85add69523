REVOKE SELECT (max_per_day, pause_after, pause_minutes) ON counsellors FROM sprechstunde_public;
ALTER TABLE counsellors DROP COLUMN max_per_day, DROP COLUMN pause_after, DROP COLUMN pause_minutes;
