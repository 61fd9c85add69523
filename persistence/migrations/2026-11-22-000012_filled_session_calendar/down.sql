ALTER TABLE session_services DROP CONSTRAINT session_services_filled;
ALTER TABLE session_services ADD CONSTRAINT session_services_filled CHECK (
    topic IS NOT NULL AND ends_at IS NOT NULL AND counsellor_id IS NOT NULL AND site_id IS NOT NULL
    AND modalities IS NOT NULL AND opens_on_holidays IS NOT NULL AND status IS NOT NULL) NOT VALID;
