DROP INDEX CONCURRENTLY appointments_waiting;
