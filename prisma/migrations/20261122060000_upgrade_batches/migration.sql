-- Equals schema.prisma, but for the partial index, which Prisma cannot express. Applied in one transaction.
CREATE TABLE "upgrade_batches" (
    "id" UUID NOT NULL,
    "seq" BIGSERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "service_id" TEXT NOT NULL,
    "from_version" TEXT,
    "to_version" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'running',
    "wave" INTEGER,
    "concurrency" INTEGER NOT NULL,
    "order" TEXT NOT NULL,
    "options" JSONB NOT NULL,
    "override_reason" TEXT,
    "requested_by" JSONB NOT NULL,
    "reason" TEXT,
    "confirmation" JSONB,
    "rollback" JSONB,
    "stopped_because" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "finished_at" TIMESTAMPTZ(3),
    "stamp" BIGINT NOT NULL DEFAULT nextval('routing_stamp_seq'::regclass),
    CONSTRAINT "upgrade_batches_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "upgrade_batches_seq_idx" ON "upgrade_batches" ("seq");
CREATE INDEX "upgrade_batches_service_id_seq_idx" ON "upgrade_batches" ("service_id", "seq");
-- What the coordinator has to look at.
CREATE INDEX "upgrade_batches_unfinished_idx" ON "upgrade_batches" ("seq") WHERE "finished_at" IS NULL;
ALTER TABLE "upgrade_batches" ADD CONSTRAINT "upgrade_batches_service_id_fkey" FOREIGN KEY ("service_id") REFERENCES "services"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- Who is in a wave was decided by the plan that was confirmed.
CREATE TABLE "upgrade_batch_waves" (
    "batch_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "tenant_ids" TEXT[] NOT NULL,
    "tenant_count" INTEGER NOT NULL,
    "begun_count" INTEGER NOT NULL DEFAULT 0,
    "failure_budget" INTEGER NOT NULL,
    "soak_seconds" INTEGER NOT NULL,
    "soak_until" TIMESTAMPTZ(3),
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    CONSTRAINT "upgrade_batch_waves_pkey" PRIMARY KEY ("batch_id", "number")
);
ALTER TABLE "upgrade_batch_waves" ADD CONSTRAINT "upgrade_batch_waves_batch_id_fkey" FOREIGN KEY ("batch_id") REFERENCES "upgrade_batches"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- Upgrades that soak: whose decisions every replica counts. Gone with the soak.
CREATE TABLE "upgrade_soaks" (
    "upgrade_id" UUID NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "service_id" TEXT NOT NULL,
    "to_version" TEXT NOT NULL,
    "decision_count" BIGINT NOT NULL DEFAULT 0,
    "failed_count" BIGINT NOT NULL DEFAULT 0,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT "upgrade_soaks_pkey" PRIMARY KEY ("upgrade_id")
);
ALTER TABLE "upgrade_soaks" ADD CONSTRAINT "upgrade_soaks_upgrade_id_fkey" FOREIGN KEY ("upgrade_id") REFERENCES "upgrades"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
