import type { Node } from 'libpg-query';
import type { StatementEffects } from '../lint-report.ts';
import { LOCK_MODES, type LockMode, type ObjectLock } from '../lock-mode.ts';
import { isDetailOn, tableOf } from './nodes.ts';

const NOTHING: StatementEffects = { locks: [], rewrites: [], scans: [], isRefusedInTransaction: false };

/** Statements for whole servers and databases, which PostgreSQL refuses inside a transaction. */
const ALONE = new Set([
  ...['CreatedbStmt', 'DropdbStmt', 'AlterSystemStmt', 'CreateTableSpaceStmt', 'DropTableSpaceStmt'],
  ...['CreateSubscriptionStmt', 'DropSubscriptionStmt'],
]);

/** Effects of statements that look after tables rather than define them; null for every other. */
export function effectsOfMaintenance(node: Node): StatementEffects | null {
  if ('TruncateStmt' in node) return { ...NOTHING, locks: tables(node.TruncateStmt.relations, 'AccessExclusiveLock') };
  if ('LockStmt' in node) {
    // The tree counts modes from 1, as the server does.
    const mode = LOCK_MODES[(node.LockStmt.mode ?? 8) - 1] ?? 'AccessExclusiveLock';
    return { ...NOTHING, locks: tables(node.LockStmt.relations, mode) };
  }
  if ('VacuumStmt' in node) return effectsOfVacuum(node.VacuumStmt);
  if ('ReindexStmt' in node) return effectsOfReindex(node.ReindexStmt);
  if ('RefreshMatViewStmt' in node) {
    const { relation, concurrent = false } = node.RefreshMatViewStmt;
    const mode = concurrent ? 'ExclusiveLock' : 'AccessExclusiveLock';
    const name = tableOf(relation);
    const rewrites = concurrent ? [] : [{ table: name, certainty: 'yes' as const }];
    return { ...NOTHING, locks: [{ name, kind: 'table', mode }], rewrites };
  }
  if ('ClusterStmt' in node) {
    const { relation } = node.ClusterStmt;
    if (relation === undefined) return { ...NOTHING, isRefusedInTransaction: true };
    const name = tableOf(relation);
    return {
      ...NOTHING,
      locks: [{ name, kind: 'table', mode: 'AccessExclusiveLock' }],
      rewrites: [{ table: name, certainty: 'yes' }],
    };
  }
  return ALONE.has(Object.keys(node)[0] ?? '') ? { ...NOTHING, isRefusedInTransaction: true } : null;
}

function tables(nodes: readonly Node[] | undefined, mode: LockMode): ObjectLock[] {
  return (nodes ?? []).flatMap((node) =>
    'RangeVar' in node ? [{ name: tableOf(node.RangeVar), kind: 'table', mode }] : [],
  );
}

function effectsOfVacuum(statement: Extract<Node, { VacuumStmt: unknown }>['VacuumStmt']): StatementEffects {
  const isVacuum = statement.is_vacuumcmd === true;
  const isFull = isVacuum && isDetailOn(statement.options, 'full');
  const names = (statement.rels ?? []).flatMap((node) =>
    'VacuumRelation' in node ? [tableOf(node.VacuumRelation.relation)] : [],
  );
  return {
    locks: names.map((name) => ({
      name,
      kind: 'table',
      mode: isFull ? 'AccessExclusiveLock' : 'ShareUpdateExclusiveLock',
    })),
    rewrites: isFull ? names.map((table) => ({ table, certainty: 'yes' })) : [],
    scans: [],
    isRefusedInTransaction: isVacuum,
  };
}

function effectsOfReindex(statement: Extract<Node, { ReindexStmt: unknown }>['ReindexStmt']): StatementEffects {
  const isConcurrent = isDetailOn(statement.params, 'concurrently');
  const name = tableOf(statement.relation);
  if (statement.kind === 'REINDEX_OBJECT_TABLE') {
    const mode = isConcurrent ? 'ShareUpdateExclusiveLock' : 'ShareLock';
    return { ...NOTHING, locks: [{ name, kind: 'table', mode }], scans: [name], isRefusedInTransaction: isConcurrent };
  }
  if (statement.kind === 'REINDEX_OBJECT_INDEX') {
    const mode = isConcurrent ? 'ShareUpdateExclusiveLock' : 'AccessExclusiveLock';
    return { ...NOTHING, locks: [{ name, kind: 'index', mode }], isRefusedInTransaction: isConcurrent };
  }
  return { ...NOTHING, isRefusedInTransaction: true };
}
