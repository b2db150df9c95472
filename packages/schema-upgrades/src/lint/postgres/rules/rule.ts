import type { Node } from 'libpg-query';
import type { Phase } from '../../../migration.ts';
import type { Issue } from '../../issue.ts';
import type { Side, StatementEffects } from '../../lint-report.ts';
import type { ObjectLock } from '../../lock-mode.ts';
import type { SetKnowledge } from '../set-knowledge.ts';

/** A statement with everything a rule may ask about it. */
export interface JudgedStatement {
  readonly node: Node;
  readonly effects: StatementEffects;
  readonly side: Side;
  readonly phase: Phase;
  readonly isTransactional: boolean;
  /** What the set did before this statement. */
  readonly knowledge: SetKnowledge;
  /** Locks that the transaction holds on tables that were there before, from earlier statements. */
  readonly held: readonly ObjectLock[];
  /** Whether a table is one that the set itself made and that nobody has filled yet. */
  isNew(table: string): boolean;
}

/** Pure; an empty list when there is nothing to say. */
export type Rule = (statement: JudgedStatement) => Issue[];
