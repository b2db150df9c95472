-- Equals schema.prisma, but for the partial indexes, which Prisma cannot express. Applied in one transaction.
CREATE TABLE "upgrades" (
    "id" UUID NOT NULL,
    "seq" BIGSERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "service_id" TEXT NOT NULL,
    "from_version" TEXT,
    "to_version" TEXT NOT NULL,
    "schema_from" BIGINT,
    "schema_to" BIGINT,
    "options" JSONB NOT NULL,
    "requested_by" JSONB NOT NULL,
    "reason" TEXT,
    "override_reason" TEXT,
    "batch_id" UUID,
    "wave" INTEGER,
    "batch_concurrency" INTEGER,
    "state" TEXT NOT NULL DEFAULT 'queued',
    "steps" JSONB NOT NULL,
    "place" JSONB,
    "awaits" TEXT,
    "due_at" TIMESTAMPTZ(3) DEFAULT clock_timestamp(),
    "priority" SMALLINT NOT NULL DEFAULT 2,
    "failure" JSONB,
    "notes" JSONB NOT NULL DEFAULT '{}',
    "ends_as" TEXT,
    "abort" JSONB,
    "confirmation" JSONB,
    "is_past_return" BOOLEAN NOT NULL DEFAULT false,
    "is_held" BOOLEAN NOT NULL DEFAULT false,
    "backup_ids" UUID[] NOT NULL DEFAULT ARRAY[]::UUID[],
    "change_keys" UUID[] NOT NULL DEFAULT ARRAY[]::UUID[],
    "claim_owner" UUID,
    "claim_number" BIGINT NOT NULL DEFAULT 0,
    "claim_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "stamp" BIGINT NOT NULL DEFAULT nextval('routing_stamp_seq'::regclass),
    CONSTRAINT "upgrades_pkey" PRIMARY KEY ("id")
);

-- One at a time for a tenant in a service, whoever starts it.
CREATE UNIQUE INDEX "upgrades_active_key" ON "upgrades" ("tenant_id", "service_id") WHERE "finished_at" IS NULL;
-- What a worker takes next: what leads back before what is under way before what has not begun, in the order of arrival.
CREATE INDEX "upgrades_due_idx" ON "upgrades" ("priority", "due_at", "seq") WHERE "due_at" IS NOT NULL;
CREATE INDEX "upgrades_claimed_idx" ON "upgrades" ("claim_until") WHERE "claim_until" IS NOT NULL;
CREATE INDEX "upgrades_seq_idx" ON "upgrades" ("seq");
CREATE INDEX "upgrades_batch_id_wave_state_idx" ON "upgrades" ("batch_id", "wave", "state");
CREATE INDEX "upgrades_batch_id_finished_at_idx" ON "upgrades" ("batch_id", "finished_at");
CREATE INDEX "upgrades_tenant_id_service_id_seq_idx" ON "upgrades" ("tenant_id", "service_id", "seq");
CREATE INDEX "upgrades_service_id_seq_idx" ON "upgrades" ("service_id", "seq");
CREATE INDEX "upgrades_state_seq_idx" ON "upgrades" ("state", "seq");
ALTER TABLE "upgrades" ADD CONSTRAINT "upgrades_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "upgrades" ADD CONSTRAINT "upgrades_service_id_fkey" FOREIGN KEY ("service_id") REFERENCES "services"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;
