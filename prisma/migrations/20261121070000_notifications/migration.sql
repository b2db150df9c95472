-- Equals schema.prisma. Applied in one transaction.
CREATE TABLE "notification_channels" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "is_enabled" BOOLEAN NOT NULL,
    "kind" TEXT NOT NULL,
    "settings" JSONB NOT NULL,
    "secrets" BYTEA NOT NULL,
    "subscriptions" JSONB NOT NULL,
    "row_version" INTEGER NOT NULL DEFAULT 1,
    "created_by" UUID NOT NULL,
    "lease_owner" UUID,
    "lease_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "notification_channels_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "notification_deliveries" (
    "id" BIGSERIAL NOT NULL,
    "channel_id" UUID NOT NULL,
    "epoch" TEXT NOT NULL,
    "revision" BIGINT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "attempt_count" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "last_error" TEXT,
    "http_status" INTEGER,
    "notification" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),
    CONSTRAINT "notification_deliveries_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "notification_deliveries_channel_id_epoch_revision_key"
    ON "notification_deliveries" ("channel_id", "epoch", "revision");
CREATE INDEX "notification_deliveries_status_channel_id_id_idx"
    ON "notification_deliveries" ("status", "channel_id", "id");
CREATE INDEX "notification_deliveries_ended_at_idx" ON "notification_deliveries" ("ended_at");
ALTER TABLE "notification_deliveries" ADD CONSTRAINT "notification_deliveries_channel_id_fkey"
    FOREIGN KEY ("channel_id") REFERENCES "notification_channels" ("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- One row: how far the log has been read for notifications. What was there before is not told.
CREATE TABLE "notification_cursor" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "epoch" TEXT NOT NULL,
    "revision" BIGINT NOT NULL,
    CONSTRAINT "notification_cursor_pkey" PRIMARY KEY ("id")
);
INSERT INTO "notification_cursor" ("id", "epoch", "revision")
    SELECT 1, coalesce(max("epoch"), ''), coalesce(max("revision"), 0) FROM "log_position" WHERE "id" = 1;
