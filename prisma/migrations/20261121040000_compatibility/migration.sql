-- Equals schema.prisma. Applied in one transaction.
CREATE TABLE "compatibility" (
    "service_id" TEXT NOT NULL,
    "versions" JSONB NOT NULL,
    "stamp" BIGINT NOT NULL DEFAULT nextval('routing_stamp_seq'::regclass),
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "compatibility_pkey" PRIMARY KEY ("service_id"),
    CONSTRAINT "compatibility_service_id_fkey" FOREIGN KEY ("service_id")
        REFERENCES "services" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT
);
