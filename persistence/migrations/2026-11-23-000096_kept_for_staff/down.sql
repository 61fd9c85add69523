DROP FUNCTION kept_for_staff;
REVOKE UPDATE (keeps_for_staff) ON services FROM sprechstunde_worker;
ALTER TABLE sessions DROP COLUMN audience, DROP COLUMN opens_to_all_minutes, DROP COLUMN desk_places;
ALTER TABLE schedules DROP COLUMN audience, DROP COLUMN opens_to_all_minutes, DROP COLUMN desk_places;
ALTER TABLE services DROP COLUMN keeps_for_staff;
