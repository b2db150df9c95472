import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/db/database.ts';

/** Entities whose present state is in tables of their own; of others the log is the only one that knows. */
const tabled = ['tenant', 'assignment', 'service', 'version', 'rule', 'experiment', 'lane', 'flags', 'user', 'api_key'];
/** What has no present state. */
const stateless = ['override'];

@Injectable()
export class RetentionStore {
  constructor(private readonly database: Database) {}

  /**
   * Drops what the oldest changes before a time did; their heads and hashes stay. A change that says something which no
   * table knows keeps all.
   *
   * @param limit changes at a time
   * @returns how many were trimmed; fewer than `limit`: there are no more
   */
  trim(before: Date, limit: number): Promise<number> {
    return this.database.transaction(async (tx) => {
      const rows = await tx.$queryRaw<{ key: string }[]>`
        UPDATE changes SET services = NULL, trimmed_at = clock_timestamp() WHERE key IN (
          SELECT c.key FROM changes c
          WHERE c.at < ${before} AND c.trimmed_at IS NULL AND NOT EXISTS (
            SELECT 1 FROM change_items i WHERE i.change_key = c.key AND i.entity <> ALL (${[...tabled, ...stateless]}::text[]))
          ORDER BY c.at LIMIT ${limit} FOR UPDATE SKIP LOCKED)
        RETURNING key`;
      const keys = rows.map((row) => row.key);
      await tx.$executeRaw`DELETE FROM change_items WHERE change_key = ANY (${keys}::uuid[])`;
      return keys.length;
    });
  }
}
