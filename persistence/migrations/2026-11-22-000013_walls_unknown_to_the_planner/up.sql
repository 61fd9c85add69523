-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';

-- Statements are planned once for each connection, under the walls of whoever comes first; and the
-- planner looks at those. When it was somebody of no organisation it planned for no rows, and the
-- day of everybody behind them took seven hundred times as long. In a subselect it cannot look.

CREATE OR REPLACE PROCEDURE raise_wall(walled regclass) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', walled);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', walled);
    EXECUTE format(
        'CREATE POLICY staff_of_the_organisation ON %s TO sprechstunde_staff
            USING (organisation_id = ANY ((SELECT acting_organisations())::uuid[]))
            WITH CHECK (organisation_id = ANY (acting_organisations()))', walled);
    EXECUTE format('CREATE POLICY worker ON %s TO sprechstunde_worker USING (true) WITH CHECK (true)', walled);
END
$$;

DO $$
DECLARE walled regclass;
BEGIN
    FOR walled IN SELECT polrelid FROM pg_policy WHERE polname = 'staff_of_the_organisation' LOOP
        EXECUTE format('ALTER POLICY staff_of_the_organisation ON %s
                        USING (organisation_id = ANY ((SELECT acting_organisations())::uuid[]))', walled);
    END LOOP;
END
$$;
