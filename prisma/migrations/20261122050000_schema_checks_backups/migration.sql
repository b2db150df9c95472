-- Equals schema.prisma. Applied in one transaction.
CREATE TABLE "schema_catalogues" (
    "digest" TEXT NOT NULL,
    "objects" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "schema_catalogues_pkey" PRIMARY KEY ("digest")
);

CREATE TABLE "schema_checks" (
    "tenant_id" TEXT NOT NULL,
    "service_id" TEXT NOT NULL,
    "drift" TEXT NOT NULL DEFAULT 'unknown',
    "baseline" TEXT,
    "baseline_from" TEXT,
    "baseline_at" TIMESTAMPTZ(3),
    "live" TEXT,
    "ledger" JSONB NOT NULL DEFAULT '[]',
    "ledger_faults" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
    "digest" TEXT,
    "byte_count" BIGINT,
    "error" TEXT,
    "checked_at" TIMESTAMPTZ(3),
    "tried_at" TIMESTAMPTZ(3),
    "accepted_digest" TEXT,
    "accepted_by" TEXT,
    "accepted_at" TIMESTAMPTZ(3),
    "accepted_reason" TEXT,
    CONSTRAINT "schema_checks_pkey" PRIMARY KEY ("tenant_id", "service_id")
);
CREATE INDEX "schema_checks_tried_at_idx" ON "schema_checks" ("tried_at");
CREATE INDEX "schema_checks_service_id_idx" ON "schema_checks" ("service_id");

CREATE TABLE "backups" (
    "id" UUID NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "service_id" TEXT NOT NULL,
    "upgrade_id" UUID,
    "state" TEXT NOT NULL,
    "engine" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "tables" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
    "place" TEXT,
    "host" TEXT NOT NULL,
    "checksum" TEXT,
    "byte_count" BIGINT,
    "schema_version" INTEGER,
    "expanded_to" INTEGER,
    "error" TEXT,
    "requested_by" JSONB,
    "reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "touched_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),
    "restored_at" TIMESTAMPTZ(3),
    CONSTRAINT "backups_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "backups_tenant_id_service_id_created_at_idx" ON "backups" ("tenant_id", "service_id", "created_at");
CREATE INDEX "backups_created_at_id_idx" ON "backups" ("created_at", "id");
CREATE INDEX "backups_state_expires_at_idx" ON "backups" ("state", "expires_at");
CREATE INDEX "backups_upgrade_id_idx" ON "backups" ("upgrade_id");
CREATE INDEX "backups_service_id_idx" ON "backups" ("service_id");
