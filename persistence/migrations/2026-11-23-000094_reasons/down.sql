REVOKE UPDATE (reschedule_deadline_minutes, cancel_reason, move_reason) ON appointments FROM sprechstunde_public;
ALTER TABLE appointments
    DROP COLUMN reschedule_deadline_minutes,
    DROP COLUMN cancel_reason,
    DROP COLUMN move_reason;
ALTER TABLE services DROP COLUMN reschedule_deadline_minutes;
REVOKE SELECT (reasons) ON organisations FROM sprechstunde_public;
ALTER TABLE organisations DROP COLUMN reasons;
