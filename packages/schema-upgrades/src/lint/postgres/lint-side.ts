import type { Migration } from '../../migration.ts';
import { splitStatements } from '../../sets/split/split-statements.ts';
import { type Issue, issue, type PlacedIssue } from '../issue.ts';
import { excerptOf, type Side, type StatementReport } from '../lint-report.ts';
import { blockingOf, heaviest, type ObjectLock } from '../lock-mode.ts';
import type { Pacer } from '../pacer.ts';
import { noteObjects, type SideObjects } from './objects.ts';
import { parseStatement } from './parse-statement.ts';
import { columnRules } from './rules/column-rules.ts';
import { constraintRules } from './rules/constraint-rules.ts';
import { dataRules } from './rules/data-rules.ts';
import { phaseRules } from './rules/phase-rules.ts';
import { reachRules } from './rules/reach-rules.ts';
import type { Rule } from './rules/rule.ts';
import { sequenceRules } from './rules/sequence-rules.ts';
import { transactionRules } from './rules/transaction-rules.ts';
import type { SetKnowledge } from './set-knowledge.ts';
import { effectsOf, NO_EFFECTS } from './statement-effects.ts';

const RULES: readonly Rule[] = [
  transactionRules,
  columnRules,
  constraintRules,
  dataRules,
  phaseRules,
  sequenceRules,
  reachRules,
];

export interface LintedSide {
  readonly statements: readonly StatementReport[];
  readonly objects: SideObjects;
  readonly issues: readonly PlacedIssue[];
}

/**
 * Judges the statements of one side of a migration in their order.
 *
 * @param knowledge what the set did before; an up adds to it, a down leaves it as it is: by the time a down runs, tables
 *   the set made hold rows
 */
export async function lintSide(
  migration: Migration,
  side: Side,
  knowledge: SetKnowledge,
  pause: Pacer,
): Promise<LintedSide> {
  const sql = migration[side] ?? '';
  const statements: StatementReport[] = [];
  const objects: SideObjects = { made: [], dropped: [], lost: [] };
  const issues: PlacedIssue[] = [];
  const held: ObjectLock[] = [];
  const { name, phase, isTransactional } = migration;
  const isNew = (table: string) => side === 'up' && knowledge.isNew(table, name, phase);
  for (const { text, line } of splitStatements(sql, 'postgres').statements) {
    await pause();
    const statement = excerptOf(text);
    const parsed = parseStatement(text);
    if (!parsed.isOk) {
      const at = line + text.slice(0, parsed.offset).split('\n').length - 1;
      issues.push({ ...unparsable(parsed.message), line: at, statement });
      statements.push({ ...NO_EFFECTS, line, statement, blocks: 'nothing' });
      continue;
    }
    const { node } = parsed;
    const effects = effectsOf(node);
    const judged = { node, effects, side, phase, isTransactional, knowledge, held, isNew };
    issues.push(...RULES.flatMap((rule) => rule(judged)).map((found) => ({ ...found, line, statement })));
    const onOthers = effects.locks.filter((lock) => !isNew(lock.name));
    if (isTransactional) held.push(...onOthers);
    if (side === 'up') knowledge.learn(node, name);
    statements.push({ ...effects, line, statement, blocks: heaviest(onOthers.map((lock) => blockingOf(lock.mode))) });
    noteObjects(objects, node);
  }
  return { statements, objects, issues };
}

function unparsable(message: string): Issue {
  return issue(
    'STATEMENT_UNPARSABLE',
    'error',
    `PostgreSQL cannot read this: ${message}.`,
    'Mend the statement; psql commands and placeholders are not known.',
  );
}
