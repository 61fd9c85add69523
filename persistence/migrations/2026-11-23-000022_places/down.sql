SET LOCAL lock_timeout = '500ms';
DROP FUNCTION places_of;
DROP TABLE drop_ins, kept_places, places;
