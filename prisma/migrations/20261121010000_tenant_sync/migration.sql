-- Equals schema.prisma. Applied in one transaction.
CREATE TABLE "tenant_sync_state" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "run_sequence" BIGINT NOT NULL DEFAULT 0,
    "last_run_at" TIMESTAMPTZ(3),
    "last_good_at" TIMESTAMPTZ(3),
    "stale_since" TIMESTAMPTZ(3),
    "seen" JSONB,
    CONSTRAINT "tenant_sync_state_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "tenant_sync_state_one_row" CHECK ("id" = 1)
);
INSERT INTO "tenant_sync_state" ("id") VALUES (1);

CREATE TABLE "tenant_sync_runs" (
    "id" BIGINT NOT NULL,
    "trigger" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3) NOT NULL,
    "outcome" TEXT NOT NULL,
    "error" TEXT,
    "change_id" TEXT,
    "counts" JSONB,
    "samples" JSONB,
    "plan" JSONB,
    CONSTRAINT "tenant_sync_runs_pkey" PRIMARY KEY ("id")
);
