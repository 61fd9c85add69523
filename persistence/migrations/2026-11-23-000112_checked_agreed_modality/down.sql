-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';

ALTER TABLE appointments DROP CONSTRAINT appointments_agreed_modality;
ALTER TABLE appointments ADD CONSTRAINT appointments_agreed_modality
    CHECK (agreed_modality IS NULL OR agreed_modality = 'in_person' AND modality IN ('phone', 'video')) NOT VALID;
