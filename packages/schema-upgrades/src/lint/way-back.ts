import type { Migration } from '../migration.ts';
import { readDirectives } from '../sets/directives.ts';
import type { Issue } from './issue.ts';

/** What a migration says about its way back, before anybody looks into the down: missing, declared irreversible, empty. */
export function judgeWayBack(migration: Migration, downCount: number): Issue[] {
  if (migration.down === null) {
    const { irreversible } = readDirectives(migration.up, '').directives;
    if (irreversible !== null) {
      const mend = 'Nothing to mend; a failed upgrade stops here and needs a backup or an operator.';
      return [{ code: 'IRREVERSIBLE', severity: 'info', message: `Declared irreversible: ${irreversible}.`, mend }];
    }
    const mend = 'Write a .down.sql, or declare it in the head of the up: "-- grey: irreversible REASON".';
    return [
      {
        code: 'DOWN_MISSING',
        severity: 'error',
        message: 'There is no down: a failed upgrade cannot be taken back.',
        mend,
      },
    ];
  }
  if (downCount > 0) return [];
  const mend = 'Write what takes the up back, or declare it irreversible.';
  return [
    { code: 'DOWN_EMPTY', severity: 'error', message: 'The down has no statement, so it takes nothing back.', mend },
  ];
}
