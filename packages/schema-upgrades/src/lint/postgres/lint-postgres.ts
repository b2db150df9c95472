import type { Migration } from '../../migration.ts';
import { atMigration, issue, type LintedMigration } from '../issue.ts';
import type { Pacer } from '../pacer.ts';
import { judgeWayBack } from '../way-back.ts';
import { compareDown } from './lint-down.ts';
import { lintSide } from './lint-side.ts';
import type { SetKnowledge } from './set-knowledge.ts';

/** Judges both sides of a migration and what they are to each other. The parser must have been loaded. */
export async function lintPostgresMigration(
  migration: Migration,
  knowledge: SetKnowledge,
  pause: Pacer,
): Promise<LintedMigration> {
  const up = await lintSide(migration, 'up', knowledge, pause);
  const down = migration.down === null ? null : await lintSide(migration, 'down', knowledge, pause);
  const several = (count: number) => (migration.isTransactional || count < 2 ? [] : [atMigration(SEVERAL)]);
  const wayBack = judgeWayBack(migration, down?.statements.length ?? 0).map(atMigration);
  const compared =
    down === null || down.statements.length === 0 ? [] : compareDown(up.objects, down.objects).map(atMigration);
  return {
    up: up.statements,
    down: down?.statements ?? null,
    issues: {
      up: [...several(up.statements.length), ...up.issues, ...(down === null ? wayBack : [])],
      down: down === null ? [] : [...wayBack, ...several(down.statements.length), ...down.issues, ...compared],
    },
  };
}

const SEVERAL = issue(
  'SEVERAL_WITHOUT_TRANSACTION',
  'warning',
  'Without a transaction every statement commits by itself: killed between two of them, the schema is neither old nor new until the run is resumed.',
  'One statement to a migration, or statements that may run twice.',
);
