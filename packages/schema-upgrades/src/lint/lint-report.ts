import type { Engine, Phase } from '../migration.ts';
import type { LintCode } from './lint-codes.ts';
import type { Blocking, ObjectLock } from './lock-mode.ts';

export type LintSeverity = 'error' | 'warning' | 'info';

/** Something that a statement, or a migration as a whole, does or fails to do. */
export interface LintFinding {
  readonly code: LintCode;
  readonly severity: LintSeverity;
  /** Name of the migration. */
  readonly migration: string;
  readonly side: Side;
  /** Path the text was read from; `NAME.up.sql` where the caller knows none. */
  readonly file: string;
  /** From 1; null when the migration as a whole is meant. */
  readonly line: number | null;
  /** Beginning of the statement, at most 200 characters; empty when the migration as a whole is meant. */
  readonly statement: string;
  readonly message: string;
  /** What to write instead. */
  readonly mend: string;
  /** Why the author takes responsibility (`-- grey: accept CODE REASON`); null without that. */
  readonly accepted: string | null;
}

export type Side = 'up' | 'down';

/** `possible` when it depends on what the table is like now, which the text does not say. */
export type Certainty = 'yes' | 'possible';

/** A table that is written anew, under the statement's lock and for as long as its size takes. */
export interface Rewrite {
  readonly table: string;
  readonly certainty: Certainty;
}

/** What a statement does to others and to the disk. */
export interface StatementEffects {
  readonly locks: readonly ObjectLock[];
  readonly rewrites: readonly Rewrite[];
  /** Tables read from end to end (or indexes built over them) under the statement's lock. */
  readonly scans: readonly string[];
  /** The server refuses it inside a transaction. */
  readonly isRefusedInTransaction: boolean;
}

export interface StatementReport extends StatementEffects {
  /** From 1. */
  readonly line: number;
  /** Beginning of the statement, at most 200 characters. */
  readonly statement: string;
  /** The most that others wait for, over all tables that were there before. */
  readonly blocks: Blocking;
}

export interface MigrationReport {
  readonly name: string;
  readonly phase: Phase;
  readonly isTransactional: boolean;
  readonly up: readonly StatementReport[];
  readonly down: readonly StatementReport[] | null;
  /** The most any statement of `up` blocks. */
  readonly blocks: Blocking;
}

export interface SetReport {
  readonly engine: Engine;
  readonly migrations: readonly MigrationReport[];
  /** In the order of the migrations, up before down. */
  readonly findings: readonly LintFinding[];
}

/** What is kept of a statement's text in reports. */
export function excerptOf(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= 200 ? line : `${line.slice(0, 199)}…`;
}
