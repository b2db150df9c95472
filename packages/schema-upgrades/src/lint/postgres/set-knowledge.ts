import type { Constraint, Node } from 'libpg-query';
import type { Phase } from '../../migration.ts';
import { commandsOf } from './alter-table-effects.ts';
import { bareName, namesOf, tableOf } from './nodes.ts';

/**
 * What a set has done up to a statement, as far as it changes what the next one means: tables it made, which nobody uses
 * yet, and columns it proved to hold no null. Tables are known by their bare name: a set works in one schema.
 */
export class SetKnowledge {
  /** Table → name of the migration that made it. */
  readonly #made = new Map<string, string>();
  /** `table constraint` → column that it says is not null. */
  readonly #notNullChecks = new Map<string, string>();
  readonly #provenNotNull = new Set<string>();

  /** Made in this migration, or in the set while still expanding: no version that is routed to writes into it. */
  isNew(table: string, migration: string, phase: Phase): boolean {
    const maker = this.#made.get(bareName(table));
    return maker !== undefined && (maker === migration || phase === 'expand');
  }

  /** A validated CHECK or NOT NULL constraint of the set makes the scan of SET NOT NULL unnecessary. */
  isProvenNotNull(table: string, column: string): boolean {
    return this.#provenNotNull.has(`${bareName(table)} ${column}`);
  }

  /** Takes note of a statement, after it has been judged. */
  learn(node: Node, migration: string): void {
    if ('CreateStmt' in node) this.#made.set(bareName(tableOf(node.CreateStmt.relation)), migration);
    if ('CreateTableAsStmt' in node) this.#made.set(bareName(tableOf(node.CreateTableAsStmt.into?.rel)), migration);
    if ('DropStmt' in node && node.DropStmt.removeType === 'OBJECT_TABLE') {
      for (const object of node.DropStmt.objects ?? []) this.#made.delete(namesOf(object).at(-1) ?? '');
    }
    if (!('AlterTableStmt' in node)) return;
    const table = bareName(tableOf(node.AlterTableStmt.relation));
    for (const { subtype, def, name } of commandsOf(node.AlterTableStmt)) {
      if (subtype === 'AT_AddConstraint' && def !== undefined && 'Constraint' in def)
        this.#learnCheck(table, def.Constraint);
      if (subtype === 'AT_ValidateConstraint') this.#prove(table, this.#notNullChecks.get(`${table} ${name}`));
    }
  }

  #learnCheck(table: string, constraint: Constraint): void {
    const column = columnNotNull(constraint);
    if (column === null) return;
    this.#notNullChecks.set(`${table} ${constraint.conname}`, column);
    if (constraint.skip_validation !== true) this.#prove(table, column);
  }

  #prove(table: string, column: string | undefined): void {
    if (column !== undefined) this.#provenNotNull.add(`${table} ${column}`);
  }
}

/** The column of `CHECK (column IS NOT NULL)` or `NOT NULL column`; null for any other constraint. */
function columnNotNull(constraint: Constraint): string | null {
  if (constraint.contype === 'CONSTR_NOTNULL') return namesOf(constraint.keys)[0] ?? null;
  const test = constraint.raw_expr;
  if (test === undefined || !('NullTest' in test) || test.NullTest.nulltesttype !== 'IS_NOT_NULL') return null;
  const column = test.NullTest.arg;
  return column !== undefined && 'ColumnRef' in column ? (namesOf(column.ColumnRef.fields).at(-1) ?? null) : null;
}
