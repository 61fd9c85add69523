DROP INDEX CONCURRENTLY sessions_capacity_key;
