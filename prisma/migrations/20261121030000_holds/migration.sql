-- Equals schema.prisma. Applied in one transaction.
CREATE TABLE "holds" (
    "id" UUID NOT NULL,
    "service_id" TEXT NOT NULL,
    "from_version" TEXT NOT NULL,
    "to_version" TEXT NOT NULL,
    "scope" JSONB NOT NULL,
    "reason" TEXT NOT NULL,
    "created_by" JSONB NOT NULL,
    "operator_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lifted_at" TIMESTAMPTZ(3),
    "lifted_by" JSONB,
    "lift_reason" TEXT,
    CONSTRAINT "holds_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "holds_service_id_from_version_fkey" FOREIGN KEY ("service_id", "from_version")
        REFERENCES "versions" ("service_id", "version") ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT "holds_service_id_to_version_fkey" FOREIGN KEY ("service_id", "to_version")
        REFERENCES "versions" ("service_id", "version") ON DELETE RESTRICT ON UPDATE RESTRICT
);
CREATE INDEX "holds_service_id_idx" ON "holds" ("service_id");
CREATE INDEX "holds_created_at_id_idx" ON "holds" ("created_at", "id");

CREATE TABLE "rollbacks" (
    "hold_id" UUID NOT NULL,
    "change_key" UUID NOT NULL,
    "affected_count" INTEGER NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'rewriting',
    "total_count" INTEGER,
    "rewritten_count" INTEGER NOT NULL DEFAULT 0,
    "after_tenant" TEXT NOT NULL DEFAULT '',
    "finished_at" TIMESTAMPTZ(3),
    CONSTRAINT "rollbacks_pkey" PRIMARY KEY ("hold_id"),
    CONSTRAINT "rollbacks_hold_id_fkey" FOREIGN KEY ("hold_id")
        REFERENCES "holds" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT
);
CREATE INDEX "rollbacks_state_idx" ON "rollbacks" ("state");

CREATE TABLE "rollback_moves" (
    "hold_id" UUID NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "from_version" TEXT NOT NULL,
    "to_version" TEXT NOT NULL,
    CONSTRAINT "rollback_moves_pkey" PRIMARY KEY ("hold_id", "tenant_id"),
    CONSTRAINT "rollback_moves_hold_id_fkey" FOREIGN KEY ("hold_id")
        REFERENCES "rollbacks" ("hold_id") ON DELETE RESTRICT ON UPDATE RESTRICT
);

CREATE TABLE "rollback_offers" (
    "caller_id" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "plan_token" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "rollback_offers_pkey" PRIMARY KEY ("caller_id", "request_hash")
);
