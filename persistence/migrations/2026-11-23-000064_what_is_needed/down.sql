DROP FUNCTION needed(uuid, uuid, uuid, uuid, uuid, text, timestamptz, timestamptz, timestamptz, uuid[]);
DROP FUNCTION who_could_serve(uuid, uuid, uuid, uuid, uuid, text);
DROP FUNCTION could_serve(uuid, uuid, uuid, uuid, uuid, text);
