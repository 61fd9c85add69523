DROP INDEX CONCURRENTLY appointments_to_answer;
