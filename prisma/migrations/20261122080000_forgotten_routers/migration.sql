-- AlterTable
ALTER TABLE "known_routers" ADD COLUMN "forgotten_report_at" DOUBLE PRECISION;
