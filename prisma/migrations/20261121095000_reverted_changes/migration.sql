-- Which change was taken back by which: few items among very many. A partial index cannot be said in schema.prisma.
CREATE INDEX "change_items_reverted_idx" ON "change_items" ("key") WHERE "entity" = 'change';
