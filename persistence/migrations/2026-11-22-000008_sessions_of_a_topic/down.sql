DROP INDEX CONCURRENTLY session_services_topic;
