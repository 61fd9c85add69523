DROP INDEX CONCURRENTLY appointments_series;
