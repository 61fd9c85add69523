DROP TABLE closures, absences, session_services, sessions, schedules;
