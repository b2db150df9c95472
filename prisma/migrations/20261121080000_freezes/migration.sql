-- Equals schema.prisma. Applied in one transaction.
CREATE TABLE "freezes" (
    "id" UUID NOT NULL,
    "title" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "tenant_ids" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "tenant_tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "service_ids" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3),
    "recurrence" JSONB,
    "created_by" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "stamp" BIGINT NOT NULL DEFAULT nextval('routing_stamp_seq'::regclass),
    CONSTRAINT "freezes_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "freezes_starts_at_id_idx" ON "freezes" ("starts_at", "id");
