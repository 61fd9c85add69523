-- Outside a transaction, so that nobody waits for it.
CREATE INDEX CONCURRENTLY appointments_to_answer ON appointments (answer_by) WHERE status = 'requested';
