-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';
-- All that is altered, in the order in which bookings read it: no two wait in a circle.
LOCK TABLE resources, rooms, sites, allocations IN ACCESS EXCLUSIVE MODE;

-- Rooms lent: what an owner has agreed with a borrower, and the room that the borrower enters for it.

CREATE TABLE loans (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    room_id uuid NOT NULL,
    borrower_id uuid NOT NULL,
    time_zone text NOT NULL,
    hours text[] NOT NULL,
    valid_from date NOT NULL,
    valid_until date,
    quota integer,
    quota_unit text,
    quota_per text,
    archived_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT loans_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT loans_terms_key UNIQUE (organisation_id, id, room_id, borrower_id),
    CONSTRAINT loans_room_fkey FOREIGN KEY (organisation_id, room_id) REFERENCES rooms (organisation_id, id),
    CONSTRAINT loans_borrower_fkey FOREIGN KEY (borrower_id) REFERENCES organisations (id),
    CONSTRAINT loans_borrower CHECK (borrower_id <> organisation_id),
    CONSTRAINT loans_hours CHECK (cardinality(hours) BETWEEN 1 AND 50),
    CONSTRAINT loans_validity CHECK (valid_until >= valid_from),
    CONSTRAINT loans_quota CHECK ((quota IS NULL) = (quota_unit IS NULL) AND (quota IS NULL) = (quota_per IS NULL)
        AND quota BETWEEN 1 AND 44640),
    CONSTRAINT loans_quota_unit CHECK (quota_unit IN ('minutes', 'uses')),
    CONSTRAINT loans_quota_per CHECK (quota_per IN ('week', 'month'))
);
CREATE INDEX loans_id ON loans (id);
CREATE INDEX loans_borrower_index ON loans (borrower_id);
CREATE INDEX loans_room ON loans (organisation_id, room_id);
COMMENT ON TABLE loans IS 'Rooms of an organisation that another one may use: in which hours on the clocks of the room''s site, and how much of a week or month. One that was ended is archived.';
CALL raise_wall('loans');
CREATE POLICY borrower ON loans FOR SELECT TO sprechstunde_staff
    USING (borrower_id = ANY ((SELECT acting_organisations())::uuid[]));
-- The slot search offers nothing beside the hours.
CREATE POLICY terms ON loans FOR SELECT TO sprechstunde_public USING (true);
GRANT SELECT (organisation_id, id, room_id, borrower_id, time_zone, hours, valid_from, valid_until, quota, quota_unit,
    quota_per, archived_at) ON loans TO sprechstunde_public;
GRANT SELECT, INSERT, UPDATE ON loans TO sprechstunde_staff;

ALTER TABLE rooms ADD COLUMN lent_by uuid, ADD COLUMN loan_id uuid, ADD COLUMN lent_room_id uuid;
COMMENT ON COLUMN rooms.lent_room_id IS 'The room of the organisation lent_by that this one is, on loan. Whatever claims this one claims that one too, by a trigger.';
ALTER TABLE rooms ADD CONSTRAINT rooms_loan CHECK ((loan_id IS NULL) = (lent_by IS NULL)
    AND (loan_id IS NULL) = (lent_room_id IS NULL)) NOT VALID;
ALTER TABLE rooms ADD CONSTRAINT rooms_loan_fkey FOREIGN KEY (lent_by, loan_id, lent_room_id, organisation_id)
    REFERENCES loans (organisation_id, id, room_id, borrower_id) NOT VALID;
-- One for each loan, for good: what it has used counts for the quota.
CREATE UNIQUE INDEX rooms_loan_key ON rooms (organisation_id, loan_id) WHERE loan_id IS NOT NULL;
GRANT SELECT (lent_by, loan_id, lent_room_id) ON rooms TO sprechstunde_public, sprechstunde_worker;
GRANT SELECT (organisation_id, id) ON rooms TO sprechstunde_worker;

-- What a room on loan has claimed is freed also when it is archived.
CREATE POLICY on_loan ON rooms FOR SELECT TO sprechstunde_public USING (loan_id IS NOT NULL);
-- Borrowers look at what they are lent.
CREATE POLICY borrower ON rooms FOR SELECT TO sprechstunde_staff
    USING (id IN (SELECT l.room_id FROM loans l WHERE l.borrower_id = ANY ((SELECT acting_organisations())::uuid[])));
CREATE POLICY borrower ON sites FOR SELECT TO sprechstunde_staff
    USING (id IN (SELECT q.site_id FROM loans l
                  JOIN rooms q ON q.organisation_id = l.organisation_id AND q.id = l.room_id
                  WHERE l.borrower_id = ANY ((SELECT acting_organisations())::uuid[])));
-- Locking needs an UPDATE policy; nothing passes its check.
CREATE POLICY borrower ON resources FOR SELECT TO sprechstunde_staff
    USING (id IN (SELECT q.lent_room_id FROM rooms q
                  WHERE q.organisation_id = ANY ((SELECT acting_organisations())::uuid[]) AND q.loan_id IS NOT NULL));
CREATE POLICY borrower_never_changes ON resources FOR UPDATE TO sprechstunde_staff
    USING (id IN (SELECT q.lent_room_id FROM rooms q
                  WHERE q.organisation_id = ANY ((SELECT acting_organisations())::uuid[]) AND q.loan_id IS NOT NULL))
    WITH CHECK (false);

ALTER TABLE allocations DROP CONSTRAINT allocations_kind;
ALTER TABLE allocations ADD CONSTRAINT allocations_kind
    CHECK (kind IN ('appointment', 'hold', 'session', 'meeting', 'loan')) NOT VALID;
ALTER TABLE allocations DROP CONSTRAINT allocations_expiry;
ALTER TABLE allocations ADD CONSTRAINT allocations_expiry
    CHECK (kind = 'loan' OR (kind = 'hold') = (expires_at IS NOT NULL)) NOT VALID;
COMMENT ON TABLE allocations IS 'Claims on resources, buffers included. Two that overlap cannot exist. organisation_id is the owner of the resource; claim_id is the appointment or hold, the session of a group or the date of a meeting. A loan is what a borrower''s claim takes of the owner''s room: of whatever kind that is, the owner learns the span and who uses it.';

CREATE POLICY borrower ON allocations FOR SELECT TO sprechstunde_staff
    USING (kind = 'loan' AND claimed_by_organisation_id = ANY ((SELECT acting_organisations())::uuid[]));
CREATE POLICY borrower_claims ON allocations FOR INSERT TO sprechstunde_staff
    WITH CHECK (kind = 'loan' AND claimed_by_organisation_id = ANY (acting_organisations())
        AND EXISTS (SELECT FROM rooms q
                    WHERE q.organisation_id = claimed_by_organisation_id AND q.lent_by = allocations.organisation_id
                      AND q.lent_room_id = resource_id));
CREATE POLICY borrower_frees ON allocations FOR DELETE TO sprechstunde_staff
    USING (kind = 'loan' AND claimed_by_organisation_id = ANY ((SELECT acting_organisations())::uuid[]));

-- A room on loan and the owner's room are one: what claims the first claims the second, in the same
-- statement, and what frees it frees both. Whoever claims has locked both.
CREATE FUNCTION claim_lent_room() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO allocations (organisation_id, resource_id, claim_id, claimed_by_organisation_id, kind, starts_at, ends_at,
                             expires_at)
    SELECT q.lent_by, q.lent_room_id, NEW.claim_id, NEW.organisation_id, 'loan', NEW.starts_at, NEW.ends_at, NEW.expires_at
    FROM rooms q
    WHERE q.organisation_id = NEW.organisation_id AND q.id = NEW.resource_id AND q.loan_id IS NOT NULL;
    RETURN NULL;
END
$$;
CREATE TRIGGER claim_lent_room AFTER INSERT ON allocations
    FOR EACH ROW WHEN (NEW.kind <> 'loan') EXECUTE FUNCTION claim_lent_room();

CREATE FUNCTION free_lent_room() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM allocations a USING rooms q
    WHERE q.organisation_id = OLD.organisation_id AND q.id = OLD.resource_id AND q.loan_id IS NOT NULL
      AND a.organisation_id = q.lent_by AND a.claim_id = OLD.claim_id AND a.resource_id = q.lent_room_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER free_lent_room AFTER DELETE ON allocations
    FOR EACH ROW WHEN (OLD.kind <> 'loan') EXECUTE FUNCTION free_lent_room();
