import { type CatalogueDifference, isSame } from '../databases/catalogue.ts';
import type { LedgerRow } from '../databases/tenant-database.ts';
import { UpgradeError } from '../databases/upgrade-error.ts';
import type { BackupHeader } from './backup-header.ts';

/** Objects that a sentence names. */
const NAMED = 5;

/** Migrations that are in place now and were not when the backup was made: the ledger is about to forget them. */
export function findForgotten(now: readonly Pick<LedgerRow, 'name' | 'state'>[], { ledger }: BackupHeader): string[] {
  const then = new Map(ledger.map((row) => [String(row.name), row.state]));
  return now.filter(({ name, state }) => state !== 'reverted' && then.get(name) !== state).map(({ name }) => name);
}

/**
 * A ledger that forgets migrations of which something stays would have them run twice. So a backup of some tables leads back
 * only over migrations that touched nothing else.
 *
 * @param difference what would not be as it was
 * @throws UpgradeError BACKUP_UNUSABLE
 */
export function assertLeadsBack(forgotten: readonly string[], difference: CatalogueDifference): void {
  if (forgotten.length === 0 || isSame(difference)) return;
  const left = [...difference.added, ...difference.removed, ...difference.changed];
  const named =
    left.length <= NAMED ? left.join(', ') : `${left.slice(0, NAMED).join(', ')} and ${left.length - NAMED} more`;
  const message =
    `The backup does not lead back: ${forgotten.join(', ')} came since, and of what they did ${named} would stay. ` +
    'Restore a later backup first, or one of the whole schema';
  throw new UpgradeError('BACKUP_UNUSABLE', message);
}
