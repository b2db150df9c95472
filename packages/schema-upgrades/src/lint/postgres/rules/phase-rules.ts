import type { AlterTableCmd, Node } from 'libpg-query';
import type { Phase } from '../../../migration.ts';
import { type Issue, issue } from '../../issue.ts';
import { commandsOf } from '../alter-table-effects.ts';
import { tableOf } from '../nodes.ts';
import { dataLost } from '../objects.ts';
import type { JudgedStatement, Rule } from './rule.ts';

/**
 * What a phase must not do beyond losing data: `expand` only adds, `migrate` moves data and takes away no more than its
 * own scaffolding, `contract` comes when the version that would need something new runs already.
 */
export const phaseRules: Rule = (statement) => {
  if (statement.side === 'down' || dataLost(statement.node).length > 0) return [];
  if (statement.phase === 'contract') return judgeContract(statement.node);
  const { node, phase, isNew } = statement;
  if ('DropStmt' in node) return judgeDrop(node.DropStmt.removeType ?? '', phase);
  if ('AlterTableStmt' in node) {
    if (isNew(tableOf(node.AlterTableStmt.relation))) return [];
    return commandsOf(node.AlterTableStmt).flatMap((command) => judgeCommand(command, phase));
  }
  return phase === 'expand' ? judgeData(statement) : [];
};

function forbids(phase: Phase, what: string, home: Phase): Issue[] {
  const why = phase === 'expand' ? 'expand only adds' : 'migrate moves data';
  return [
    issue(
      'PHASE_FORBIDS',
      'error',
      `${what}: ${why}, since the old version still runs.`,
      `Move it into a migration of phase ${home}.`,
    ),
  ];
}

/** Scaffolding of a data move (triggers and functions that keep two columns equal) may go when the move is done. */
const SCAFFOLDING = new Set(['OBJECT_TRIGGER', 'OBJECT_FUNCTION', 'OBJECT_PROCEDURE', 'OBJECT_INDEX']);

function judgeDrop(removeType: string, phase: Phase): Issue[] {
  if (phase === 'migrate' && SCAFFOLDING.has(removeType)) return [];
  const what = removeType.replace('OBJECT_', '').replaceAll('_', ' ').toLowerCase();
  const [found] = forbids(phase, `Dropping a ${what}`, 'contract');
  const isReplaceable = /^(view|function|procedure|trigger|rule)$/.test(what);
  return [{ ...found!, mend: isReplaceable ? `${found!.mend} To change it, CREATE OR REPLACE.` : found!.mend }];
}

const NARROWING: Readonly<Record<string, string>> = {
  AT_AlterColumnType: 'Changing a type',
  AT_SetNotNull: 'Forbidding null, which the old version may write',
  AT_DetachPartition: 'Detaching a partition, whose rows vanish from the table',
  AT_DropInherit: 'Ending inheritance',
  AT_DropIdentity: 'Dropping an identity, which the old version leaves to the database',
};

function judgeCommand({ subtype, name, def }: AlterTableCmd, phase: Phase): Issue[] {
  const what = NARROWING[subtype ?? ''];
  if (what !== undefined) return forbids(phase, name === undefined ? what : `${what} (${name})`, 'contract');
  if (subtype === 'AT_ColumnDefault' && def === undefined) {
    return forbids(phase, `Dropping the default of ${name}, on which the old version's inserts may rely`, 'contract');
  }
  return [];
}

function judgeData({ node, isNew }: JudgedStatement): Issue[] {
  const target = targetOf(node);
  if (target === null || isNew(target)) return [];
  return forbids('expand', `Changing rows of ${target}`, 'migrate');
}

function targetOf(node: Node): string | null {
  if ('UpdateStmt' in node) return tableOf(node.UpdateStmt.relation);
  if ('DeleteStmt' in node) return tableOf(node.DeleteStmt.relation);
  return 'MergeStmt' in node ? tableOf(node.MergeStmt.relation) : null;
}

function judgeContract(node: Node): Issue[] {
  const isColumn =
    'AlterTableStmt' in node && commandsOf(node.AlterTableStmt).some((one) => one.subtype === 'AT_AddColumn');
  if (!isColumn && !('CreateStmt' in node)) return [];
  const message = 'The version that needs it runs since the switch, and contract comes weeks later.';
  return [issue('PHASE_FORBIDS', 'warning', message, 'Move it into a migration of phase expand.')];
}
