DROP FUNCTION has_gender;
REVOKE SELECT (gender) ON counsellors FROM sprechstunde_public;
ALTER TABLE services DROP COLUMN allows_gender_wish;
ALTER TABLE counsellors DROP COLUMN gender;
