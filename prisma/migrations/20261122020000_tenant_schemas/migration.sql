-- Equals schema.prisma. Applied in one transaction.
CREATE TABLE "tenant_schemas" (
    "tenant_id" TEXT NOT NULL,
    "service_id" TEXT NOT NULL,
    "schema_version" BIGINT NOT NULL,
    "expanded_to" BIGINT NOT NULL,
    "is_migrating" BOOLEAN NOT NULL DEFAULT false,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "tenant_schemas_pkey" PRIMARY KEY ("tenant_id", "service_id"),
    CONSTRAINT "tenant_schemas_interval_check" CHECK ("expanded_to" >= "schema_version")
);
CREATE INDEX "tenant_schemas_service_id_tenant_id_idx" ON "tenant_schemas" ("service_id", "tenant_id");
ALTER TABLE "tenant_schemas" ADD CONSTRAINT "tenant_schemas_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "tenant_schemas" ADD CONSTRAINT "tenant_schemas_service_id_fkey" FOREIGN KEY ("service_id") REFERENCES "services"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

CREATE TABLE "known_routers" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "report" TEXT NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "gone_at" TIMESTAMPTZ(3),
    CONSTRAINT "known_routers_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "known_routers_seen_at_idx" ON "known_routers" ("seen_at");
