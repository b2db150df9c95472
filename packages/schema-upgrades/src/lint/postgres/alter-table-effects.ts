import type { AlterTableCmd, AlterTableStmt, Constraint } from 'libpg-query';
import type { Certainty, StatementEffects } from '../lint-report.ts';
import { compareLocks, type LockMode, type ObjectLock } from '../lock-mode.ts';
import { effectsOfColumn } from './column-effects.ts';
import { tableOf } from './nodes.ts';

interface CommandEffects {
  readonly mode: LockMode;
  readonly others?: readonly ObjectLock[];
  readonly rewrite?: Certainty;
  readonly isScanned?: boolean;
}

/** Subcommands that let reads, and most of them writes, go on; every other takes an AccessExclusiveLock. */
const WEAKER: Readonly<Partial<Record<string, LockMode>>> = {
  AT_SetStatistics: 'ShareUpdateExclusiveLock',
  AT_SetOptions: 'ShareUpdateExclusiveLock',
  AT_ResetOptions: 'ShareUpdateExclusiveLock',
  AT_ClusterOn: 'ShareUpdateExclusiveLock',
  AT_DropCluster: 'ShareUpdateExclusiveLock',
  AT_ValidateConstraint: 'ShareUpdateExclusiveLock',
  AT_EnableTrig: 'ShareRowExclusiveLock',
  AT_EnableAlwaysTrig: 'ShareRowExclusiveLock',
  AT_EnableReplicaTrig: 'ShareRowExclusiveLock',
  AT_EnableTrigAll: 'ShareRowExclusiveLock',
  AT_EnableTrigUser: 'ShareRowExclusiveLock',
  AT_DisableTrig: 'ShareRowExclusiveLock',
  AT_DisableTrigAll: 'ShareRowExclusiveLock',
  AT_DisableTrigUser: 'ShareRowExclusiveLock',
};

const REWRITING = new Set(['AT_SetAccessMethod', 'AT_SetLogged', 'AT_SetUnLogged', 'AT_SetTableSpace']);
/** Storage parameters that do not need the strongest lock (manual, ALTER TABLE, SET). */
const LIGHT_OPTION = /^(fillfactor|toast_tuple_target|parallel_workers|vacuum_.*|autovacuum_.*|log_autovacuum_.*)$/;

/** What `ALTER TABLE` (and ALTER INDEX, VIEW, SEQUENCE in its form) does: of all its commands the strongest lock counts. */
export function effectsOfAlterTable(statement: AlterTableStmt): StatementEffects {
  const table = tableOf(statement.relation);
  const commands = (statement.cmds ?? []).flatMap((node) =>
    'AlterTableCmd' in node ? [effectsOf(node.AlterTableCmd)] : [],
  );
  const mode =
    commands
      .map((one) => one.mode)
      .sort(compareLocks)
      .at(-1) ?? 'AccessExclusiveLock';
  const kind = statement.objtype === 'OBJECT_INDEX' ? 'index' : 'table';
  const rewrite = commands.some((one) => one.rewrite === 'yes') ? 'yes' : commands.find((one) => one.rewrite)?.rewrite;
  const isDetachConcurrently = commandsOf(statement).some((one) => detachesConcurrently(one));
  return {
    locks: [{ name: table, kind, mode }, ...commands.flatMap((one) => one.others ?? [])],
    rewrites: rewrite === undefined ? [] : [{ table, certainty: rewrite }],
    scans: commands.some((one) => one.isScanned) ? [table] : [],
    isRefusedInTransaction: isDetachConcurrently,
  };
}

/** The subcommands of the statement. */
export function commandsOf(statement: AlterTableStmt): AlterTableCmd[] {
  return (statement.cmds ?? []).flatMap((node) => ('AlterTableCmd' in node ? [node.AlterTableCmd] : []));
}

function effectsOf(command: AlterTableCmd): CommandEffects {
  const { subtype = '', def } = command;
  if (subtype === 'AT_AddColumn' && def !== undefined && 'ColumnDef' in def) {
    const column = effectsOfColumn(def.ColumnDef);
    return {
      mode: 'AccessExclusiveLock',
      others: column.references.flatMap(lockOfReference),
      ...(column.rewrite === null ? {} : { rewrite: column.rewrite.isSure ? 'yes' : 'possible' }),
      // With a default the reference must hold in every old row, without one there is nothing to look up.
      isScanned: column.isScanned || (column.references.length > 0 && column.isFilled),
    };
  }
  if (subtype === 'AT_AddConstraint' && def !== undefined && 'Constraint' in def)
    return effectsOfConstraint(def.Constraint);
  if (subtype === 'AT_AlterColumnType') return { mode: 'AccessExclusiveLock', rewrite: 'possible' };
  if (subtype === 'AT_SetExpression') return { mode: 'AccessExclusiveLock', rewrite: 'possible' };
  if (subtype === 'AT_SetNotNull') return { mode: 'AccessExclusiveLock', isScanned: true };
  if (subtype === 'AT_ValidateConstraint') return { mode: 'ShareUpdateExclusiveLock', isScanned: true };
  if (subtype === 'AT_SetRelOptions' || subtype === 'AT_ResetRelOptions') return { mode: lockOfOptions(def) };
  if (subtype.includes('Partition')) return effectsOfPartition(command);
  if (REWRITING.has(subtype))
    return { mode: 'AccessExclusiveLock', rewrite: subtype === 'AT_SetTableSpace' ? 'possible' : 'yes' };
  return { mode: WEAKER[subtype] ?? 'AccessExclusiveLock' };
}

function effectsOfConstraint(constraint: Constraint): CommandEffects {
  const isChecked = constraint.skip_validation !== true && constraint.is_enforced !== false;
  if (constraint.contype === 'CONSTR_FOREIGN') {
    return { mode: 'ShareRowExclusiveLock', others: lockOfReference(constraint), isScanned: isChecked };
  }
  if (constraint.contype === 'CONSTR_CHECK') return { mode: 'AccessExclusiveLock', isScanned: isChecked };
  if (constraint.contype === 'CONSTR_NOTNULL') {
    return { mode: 'AccessExclusiveLock', isScanned: constraint.skip_validation !== true };
  }
  return { mode: 'AccessExclusiveLock', isScanned: constraint.indexname === undefined };
}

/** The table a foreign key points to: its rows must not change while the triggers are put on. */
export function lockOfReference(constraint: Constraint): ObjectLock[] {
  const name = tableOf(constraint.pktable);
  return name === '' ? [] : [{ name, kind: 'table', mode: 'ShareRowExclusiveLock' }];
}

function lockOfOptions(def: AlterTableCmd['def']): LockMode {
  const items = def !== undefined && 'List' in def ? (def.List.items ?? []) : [];
  const isLight = items.every((item) => 'DefElem' in item && LIGHT_OPTION.test(item.DefElem.defname ?? ''));
  return isLight ? 'ShareUpdateExclusiveLock' : 'AccessExclusiveLock';
}

function detachesConcurrently({ subtype, def }: AlterTableCmd): boolean {
  if (subtype !== 'AT_DetachPartition' || def === undefined || !('PartitionCmd' in def)) return false;
  return def.PartitionCmd.concurrent === true;
}

function effectsOfPartition(command: AlterTableCmd): CommandEffects {
  const { def, subtype } = command;
  const name = def !== undefined && 'PartitionCmd' in def ? tableOf(def.PartitionCmd.name) : '';
  const isWeak =
    subtype === 'AT_AttachPartition' || subtype === 'AT_DetachPartitionFinalize' || detachesConcurrently(command);
  return {
    mode: isWeak ? 'ShareUpdateExclusiveLock' : 'AccessExclusiveLock',
    others: name === '' ? [] : [{ name, kind: 'table', mode: 'AccessExclusiveLock' }],
    // The rows must fit the bounds, unless a CHECK already says so. The scan is of the partition, not of its parent.
    isScanned: false,
  };
}
