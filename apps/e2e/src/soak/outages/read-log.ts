import type { Change } from '@grey/contracts';
import type { CallProduct } from '../../call-product.ts';

/** The whole log, oldest first. */
export async function readLog(admin: CallProduct): Promise<Change[]> {
  const log: Change[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: ChangePage = await admin('GET', `/api/changes?limit=1000${query}`);
    log.push(...page.items);
    cursor = page.nextCursor;
  }
  return log.reverse();
}

interface ChangePage {
  readonly items: readonly Change[];
  readonly nextCursor: string | null;
}
