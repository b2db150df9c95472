-- Equals schema.prisma. Applied in one transaction.
CREATE TABLE "tenant_keys" (
    "tenant_id" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "wrapped" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "wrapped_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "tenant_keys_pkey" PRIMARY KEY ("tenant_id")
);
CREATE INDEX "tenant_keys_key_id_tenant_id_idx" ON "tenant_keys" ("key_id", "tenant_id");
ALTER TABLE "tenant_keys" ADD CONSTRAINT "tenant_keys_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

CREATE TABLE "data_sources" (
    "id" UUID NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "service_id" TEXT NOT NULL,
    "engine" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "port" INTEGER NOT NULL,
    "database" TEXT NOT NULL,
    "schema" TEXT,
    "tls" TEXT NOT NULL,
    "user" BYTEA,
    "password" BYTEA,
    "config" BYTEA,
    "credentials" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "stamp" BIGINT NOT NULL DEFAULT nextval('routing_stamp_seq'::regclass),
    CONSTRAINT "data_sources_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "data_sources_tenant_id_service_id_key" ON "data_sources" ("tenant_id", "service_id");
CREATE INDEX "data_sources_service_id_idx" ON "data_sources" ("service_id");
CREATE INDEX "data_sources_host_idx" ON "data_sources" ("host");
ALTER TABLE "data_sources" ADD CONSTRAINT "data_sources_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "data_sources" ADD CONSTRAINT "data_sources_service_id_fkey" FOREIGN KEY ("service_id") REFERENCES "services"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

CREATE TABLE "key_rotations" (
    "id" BIGSERIAL NOT NULL,
    "key_id" TEXT NOT NULL,
    "total_count" INTEGER NOT NULL,
    "failed_count" INTEGER NOT NULL DEFAULT 0,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),
    "error" TEXT,
    CONSTRAINT "key_rotations_pkey" PRIMARY KEY ("id")
);
