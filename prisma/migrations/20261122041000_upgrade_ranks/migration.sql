-- Those that need somebody first, for lists.
CREATE INDEX "upgrades_rank_idx" ON "upgrades" ((CASE "state" WHEN 'needs_operator' THEN 0 WHEN 'failed' THEN 1 WHEN 'aborting' THEN 2 WHEN 'waiting' THEN 3 WHEN 'running' THEN 4 ELSE 5 END), "seq" DESC);
