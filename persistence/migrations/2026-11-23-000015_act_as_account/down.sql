DROP FUNCTION act_as(uuid);
