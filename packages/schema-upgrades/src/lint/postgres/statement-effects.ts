import type { CreateStmt, DropStmt, Node, RangeVar } from 'libpg-query';
import type { StatementEffects } from '../lint-report.ts';
import { type LockMode, mergeLocks, type ObjectLock } from '../lock-mode.ts';
import { effectsOfAlterTable, lockOfReference } from './alter-table-effects.ts';
import { effectsOfMaintenance } from './maintenance-effects.ts';
import { namesOf, tableOf } from './nodes.ts';
import { locksOfQuery } from './query-locks.ts';

/** Nothing others notice. */
export const NO_EFFECTS: StatementEffects = { locks: [], rewrites: [], scans: [], isRefusedInTransaction: false };

/**
 * What a statement does to locks and to tables, from its text alone: locks on the objects it names, one per object, the
 * strongest. Not told are locks that only the catalogue or the rows reveal: partitions and inheriting tables, the table
 * behind a dropped index, the other side of a foreign key that is dropped, validated or written through, objects a view
 * or a function uses. Held against a real server in `statement-effects.db.test.ts`.
 */
export function effectsOf(node: Node): StatementEffects {
  const effects = effectsOfDefinition(node) ??
    effectsOfMaintenance(node) ?? { ...NO_EFFECTS, locks: locksOfQuery(node) };
  return { ...effects, locks: mergeLocks(effects.locks) };
}

function effectsOfDefinition(node: Node): StatementEffects | null {
  if ('AlterTableStmt' in node) return effectsOfAlterTable(node.AlterTableStmt);
  if ('CreateStmt' in node) return { ...NO_EFFECTS, locks: locksOfCreate(node.CreateStmt) };
  if ('IndexStmt' in node) {
    const { relation, concurrent = false } = node.IndexStmt;
    const locks = lock(relation, concurrent ? 'ShareUpdateExclusiveLock' : 'ShareLock');
    return { ...NO_EFFECTS, locks, scans: [tableOf(relation)], isRefusedInTransaction: concurrent };
  }
  if ('RenameStmt' in node) return { ...NO_EFFECTS, locks: locksOfRename(node.RenameStmt) };
  if ('DropStmt' in node) return effectsOfDrop(node.DropStmt);
  if ('CreateTrigStmt' in node) {
    const { relation, constrrel } = node.CreateTrigStmt;
    const others = constrrel === undefined ? [] : lock(constrrel, 'ShareRowExclusiveLock');
    return { ...NO_EFFECTS, locks: [...lock(relation, 'ShareRowExclusiveLock'), ...others] };
  }
  if ('CreatePolicyStmt' in node) return exclusive(node.CreatePolicyStmt.table);
  if ('AlterPolicyStmt' in node) return exclusive(node.AlterPolicyStmt.table);
  if ('RuleStmt' in node) return exclusive(node.RuleStmt.relation);
  if ('AlterObjectSchemaStmt' in node) return exclusive(node.AlterObjectSchemaStmt.relation);
  if ('CreateStatsStmt' in node) {
    const relations = (node.CreateStatsStmt.relations ?? []).flatMap((one) =>
      'RangeVar' in one ? [one.RangeVar] : [],
    );
    return { ...NO_EFFECTS, locks: relations.flatMap((one) => lock(one, 'ShareUpdateExclusiveLock')) };
  }
  if ('CommentStmt' in node) {
    const { objtype, object } = node.CommentStmt;
    const names = namesOf(object);
    if (objtype === 'OBJECT_TABLE') return onTable(names, 'ShareUpdateExclusiveLock');
    if (objtype === 'OBJECT_COLUMN') return onTable(names.slice(0, -1), 'ShareUpdateExclusiveLock');
    return NO_EFFECTS;
  }
  return null;
}

function lock(relation: RangeVar | undefined, mode: LockMode): ObjectLock[] {
  return relation === undefined ? [] : [{ name: tableOf(relation), kind: 'table', mode }];
}

function exclusive(relation: RangeVar | undefined): StatementEffects {
  return { ...NO_EFFECTS, locks: lock(relation, 'AccessExclusiveLock') };
}

function onTable(names: readonly string[], mode: LockMode): StatementEffects {
  return { ...NO_EFFECTS, locks: [{ name: names.join('.'), kind: 'table', mode }] };
}

/** The new table is nobody's yet; those it leans on are locked: by foreign keys, as partition, by LIKE and INHERITS. */
function locksOfCreate(statement: CreateStmt): ObjectLock[] {
  const locks: ObjectLock[] = [];
  for (const element of statement.tableElts ?? []) {
    if ('Constraint' in element) locks.push(...lockOfReference(element.Constraint));
    if ('TableLikeClause' in element) locks.push(...lock(element.TableLikeClause.relation, 'AccessShareLock'));
    if ('ColumnDef' in element) {
      for (const one of element.ColumnDef.constraints ?? []) {
        if ('Constraint' in one) locks.push(...lockOfReference(one.Constraint));
      }
    }
  }
  const parentMode = statement.partbound === undefined ? 'ShareUpdateExclusiveLock' : 'AccessExclusiveLock';
  for (const parent of statement.inhRelations ?? []) {
    if ('RangeVar' in parent) locks.push(...lock(parent.RangeVar, parentMode));
  }
  return locks;
}

function locksOfRename({ renameType, relation }: { renameType?: string; relation?: RangeVar }): ObjectLock[] {
  if (renameType !== 'OBJECT_INDEX') return lock(relation, 'AccessExclusiveLock');
  return relation === undefined ? [] : [{ name: tableOf(relation), kind: 'index', mode: 'ShareUpdateExclusiveLock' }];
}

const RELATIONS = new Set(['OBJECT_TABLE', 'OBJECT_VIEW', 'OBJECT_MATVIEW', 'OBJECT_SEQUENCE', 'OBJECT_FOREIGN_TABLE']);
/** Objects whose name begins with their table's. */
const ON_TABLES = new Set(['OBJECT_TRIGGER', 'OBJECT_RULE', 'OBJECT_POLICY']);

function effectsOfDrop(statement: DropStmt): StatementEffects {
  const { removeType = '', concurrent = false } = statement;
  const names = (statement.objects ?? []).map((object) => namesOf(object));
  const locks = names.flatMap((parts): ObjectLock[] => {
    if (RELATIONS.has(removeType)) return [{ name: parts.join('.'), kind: 'table', mode: 'AccessExclusiveLock' }];
    if (ON_TABLES.has(removeType))
      return [{ name: parts.slice(0, -1).join('.'), kind: 'table', mode: 'AccessExclusiveLock' }];
    if (removeType !== 'OBJECT_INDEX') return [];
    return [
      { name: parts.join('.'), kind: 'index', mode: concurrent ? 'ShareUpdateExclusiveLock' : 'AccessExclusiveLock' },
    ];
  });
  return { ...NO_EFFECTS, locks, isRefusedInTransaction: concurrent };
}
