-- Equals schema.prisma. Applied in one transaction.
CREATE TABLE "migration_sets" (
    "service_id" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "engine" TEXT NOT NULL,
    "schema_version" BIGINT NOT NULL,
    "files" JSONB NOT NULL,
    "migrations" JSONB NOT NULL,
    "report" JSONB NOT NULL,
    "findings" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "stamp" BIGINT NOT NULL DEFAULT nextval('routing_stamp_seq'::regclass),
    CONSTRAINT "migration_sets_pkey" PRIMARY KEY ("service_id", "version", "engine")
);
CREATE UNIQUE INDEX "migration_sets_service_id_engine_schema_version_key" ON "migration_sets" ("service_id", "engine", "schema_version");
ALTER TABLE "migration_sets" ADD CONSTRAINT "migration_sets_service_id_version_fkey" FOREIGN KEY ("service_id", "version") REFERENCES "versions"("service_id", "version") ON DELETE RESTRICT ON UPDATE RESTRICT;

CREATE TABLE "migration_policy" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "policy" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "stamp" BIGINT NOT NULL DEFAULT nextval('routing_stamp_seq'::regclass),
    CONSTRAINT "migration_policy_pkey" PRIMARY KEY ("id")
);
