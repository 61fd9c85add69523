-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';
LOCK TABLE services, sessions, series IN SHARE ROW EXCLUSIVE MODE;

-- Courses: several dated sessions that are booked as one and attended date by date. Whoever books one
-- takes a place in each of its sessions, and has a series of appointments.

CREATE TABLE courses (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    service_id uuid NOT NULL,
    title jsonb NOT NULL,
    description jsonb,
    capacity integer,
    opens_at timestamptz,
    closes_at timestamptz,
    joins_late boolean NOT NULL DEFAULT false,
    takes_place boolean NOT NULL DEFAULT false,
    published boolean NOT NULL DEFAULT false,
    archived_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT courses_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT courses_service_fkey FOREIGN KEY (organisation_id, service_id) REFERENCES services (organisation_id, id),
    CONSTRAINT courses_capacity CHECK (capacity BETWEEN 1 AND 500),
    CONSTRAINT courses_enrolment CHECK (closes_at > opens_at)
);
CREATE INDEX courses_id ON courses (id);
COMMENT ON TABLE courses IS 'Several sessions that are booked as one. What the service says holds for all of them.';
COMMENT ON COLUMN courses.capacity IS 'How many places each of its sessions was given; what the service says when NULL.';
COMMENT ON COLUMN courses.joins_late IS 'Whether it can be booked when it has begun: what is left of it then.';
COMMENT ON COLUMN courses.takes_place IS 'Whether it was decided that it takes place below its minimum.';
CALL raise_wall('courses');
CREATE POLICY directory ON courses FOR SELECT TO sprechstunde_public, sprechstunde_staff
    USING (published AND archived_at IS NULL AND EXISTS (
        SELECT FROM services v WHERE v.organisation_id = courses.organisation_id AND v.id = courses.service_id
            AND v.published AND v.archived_at IS NULL AND v.organisation_listed));
GRANT SELECT ON courses TO sprechstunde_public;
GRANT SELECT, INSERT, UPDATE ON courses TO sprechstunde_staff;

CREATE TABLE course_dates (
    organisation_id uuid NOT NULL,
    session_id uuid NOT NULL,
    course_id uuid NOT NULL,
    CONSTRAINT course_dates_pkey PRIMARY KEY (organisation_id, session_id),
    CONSTRAINT course_dates_session_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id),
    CONSTRAINT course_dates_course_fkey FOREIGN KEY (organisation_id, course_id) REFERENCES courses (organisation_id, id)
);
CREATE INDEX course_dates_course ON course_dates (organisation_id, course_id);
COMMENT ON TABLE course_dates IS 'Of which course a session is a date: of one at most.';
CALL raise_wall('course_dates');
-- A session's id tells nobody anything, and which of them are published the walls of sessions say.
CREATE POLICY directory ON course_dates FOR SELECT TO sprechstunde_public, sprechstunde_staff
    USING (EXISTS (SELECT FROM courses c WHERE c.organisation_id = course_dates.organisation_id AND c.id = course_id));
GRANT SELECT ON course_dates TO sprechstunde_public, sprechstunde_worker;
GRANT SELECT, INSERT, DELETE ON course_dates TO sprechstunde_staff;

ALTER TABLE series ADD COLUMN course_id uuid;
COMMENT ON COLUMN series.course_id IS 'The course that was booked, if it is one.';
-- Checked for every row by the next migration, which locks nobody out.
ALTER TABLE series ADD CONSTRAINT series_course_fkey
    FOREIGN KEY (organisation_id, course_id) REFERENCES courses (organisation_id, id) NOT VALID;
