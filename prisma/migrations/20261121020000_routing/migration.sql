-- Equals schema.prisma. Applied in one transaction.
CREATE SEQUENCE "routing_stamp_seq";

ALTER TABLE "services"
    ADD COLUMN "live_rule_set" INTEGER,
    ADD COLUMN "balancing" JSONB NOT NULL DEFAULT '{}',
    ADD COLUMN "fallback_version" TEXT;

ALTER TABLE "versions"
    ADD COLUMN "flags" JSONB NOT NULL DEFAULT '[]',
    ADD COLUMN "flags_stamp" BIGINT NOT NULL DEFAULT 0;

CREATE TABLE "rule_sets" (
    "service_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "record" JSONB NOT NULL,
    "input" JSONB NOT NULL,
    "republished_from" INTEGER,
    "change_key" UUID NOT NULL,
    CONSTRAINT "rule_sets_pkey" PRIMARY KEY ("service_id", "number"),
    CONSTRAINT "rule_sets_service_id_fkey" FOREIGN KEY ("service_id")
        REFERENCES "services" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT
);
ALTER TABLE "services" ADD CONSTRAINT "services_live_rule_set_fkey" FOREIGN KEY ("id", "live_rule_set")
    REFERENCES "rule_sets" ("service_id", "number") ON DELETE RESTRICT ON UPDATE RESTRICT;

CREATE TABLE "rule_drafts" (
    "service_id" TEXT NOT NULL,
    "document" JSONB NOT NULL,
    "based_on" INTEGER,
    "saved_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "saved_by" JSONB NOT NULL,
    "stamp" BIGINT NOT NULL DEFAULT nextval('routing_stamp_seq'::regclass),
    CONSTRAINT "rule_drafts_pkey" PRIMARY KEY ("service_id"),
    CONSTRAINT "rule_drafts_service_id_fkey" FOREIGN KEY ("service_id")
        REFERENCES "services" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT
);

CREATE TABLE "experiments" (
    "service_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "group_name" TEXT,
    "record" JSONB NOT NULL,
    "stamp" BIGINT NOT NULL DEFAULT nextval('routing_stamp_seq'::regclass),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "experiments_pkey" PRIMARY KEY ("service_id", "id"),
    CONSTRAINT "experiments_service_id_fkey" FOREIGN KEY ("service_id")
        REFERENCES "services" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT
);
CREATE INDEX "experiments_group_name_idx" ON "experiments" ("group_name");

CREATE TABLE "experiment_counts" (
    "service_id" TEXT NOT NULL,
    "experiment_id" TEXT NOT NULL,
    "variant" TEXT NOT NULL,
    "decision_count" BIGINT NOT NULL,
    "first_at" TIMESTAMPTZ(3) NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "experiment_counts_pkey" PRIMARY KEY ("service_id", "experiment_id", "variant"),
    CONSTRAINT "experiment_counts_service_id_experiment_id_fkey" FOREIGN KEY ("service_id", "experiment_id")
        REFERENCES "experiments" ("service_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT
);

CREATE TABLE "lanes" (
    "tag" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "record" JSONB NOT NULL,
    "stamp" BIGINT NOT NULL DEFAULT nextval('routing_stamp_seq'::regclass),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "lanes_pkey" PRIMARY KEY ("tag")
);
