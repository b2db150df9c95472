-- grey: no-transaction
CREATE INDEX CONCURRENTLY payments_status_idx ON payments (status, created_at);
