import type { Migration } from '../migration.ts';
import { checksumOf } from '../sets/checksum.ts';

/** A migration with its checksum; what is not given is transactional and expands. */
export function makeMigration(
  name: string,
  up: string,
  down: string | null,
  more: Partial<Pick<Migration, 'phase' | 'isTransactional'>> = {},
): Migration {
  const { phase = 'expand', isTransactional = true } = more;
  return { name, phase, isTransactional, up, down, checksum: checksumOf({ name, phase, up, down }) };
}
