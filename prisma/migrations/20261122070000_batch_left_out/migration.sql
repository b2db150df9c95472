-- What a plan rested on, and who was left out when a wave began. Of batches that were planned before, only the ids are known.
ALTER TABLE "upgrade_batches" ADD COLUMN "is_named" BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE "upgrade_batch_waves" ADD COLUMN "from_versions" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[];
ALTER TABLE "upgrade_batch_waves" ADD COLUMN "left_out" JSONB NOT NULL DEFAULT '[]';
