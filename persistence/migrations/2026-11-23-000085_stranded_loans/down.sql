DROP FUNCTION lent_causes;
REVOKE SELECT (version) ON loans FROM sprechstunde_public;
