DROP FUNCTION visited(uuid, uuid, uuid, uuid, uuid, text, timestamptz, timestamptz, timestamptz, uuid[], boolean);
DROP FUNCTION companions(uuid, uuid, uuid, uuid, timestamptz, timestamptz, timestamptz, uuid[], boolean);
DROP FUNCTION who_could_visit(uuid, uuid, uuid, uuid, uuid, text, timestamptz, timestamptz);
