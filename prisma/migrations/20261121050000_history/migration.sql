-- Equals schema.prisma. Applied in one transaction.
-- Hashes of a change. What stood in the log before this migration has none: the chain begins after it.
ALTER TABLE "changes"
    ADD COLUMN "actor_salt" BYTEA,
    ADD COLUMN "actor_hash" BYTEA,
    ADD COLUMN "reason_salt" BYTEA,
    ADD COLUMN "reason_hash" BYTEA,
    ADD COLUMN "items_hash" BYTEA,
    ADD COLUMN "services_hash" BYTEA,
    ADD COLUMN "payload_hash" BYTEA,
    ADD COLUMN "chain_hash" BYTEA,
    ADD COLUMN "trimmed_at" TIMESTAMPTZ(3);
CREATE INDEX "changes_at_idx" ON "changes" ("at");

ALTER TABLE "change_items"
    ADD COLUMN "salt" BYTEA,
    ADD COLUMN "hash" BYTEA;

ALTER TABLE "log_position"
    ADD COLUMN "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    ADD COLUMN "chain_hash" BYTEA NOT NULL DEFAULT '\x0000000000000000000000000000000000000000000000000000000000000000';
