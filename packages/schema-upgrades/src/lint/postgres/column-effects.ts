import type { ColumnDef, Constraint } from 'libpg-query';
import { volatilityOf } from './default-volatility.ts';
import { namesOf } from './nodes.ts';

/** What adding a column means for the rows that are there. */
export interface ColumnEffects {
  readonly isNotNull: boolean;
  /** It gets a value in old rows: default, identity, generated. */
  readonly isFilled: boolean;
  /** Why every row is written anew; null when none is. */
  readonly rewrite: { readonly why: string; readonly isSure: boolean } | null;
  /** The table is read, or an index built over it. */
  readonly isScanned: boolean;
  readonly references: readonly Constraint[];
}

/** Judges `ADD COLUMN` by its definition (manual, ALTER TABLE, "Notes"). */
export function effectsOfColumn(column: ColumnDef): ColumnEffects {
  const constraints = (column.constraints ?? []).flatMap((node) => ('Constraint' in node ? [node.Constraint] : []));
  const of = (type: Constraint['contype']) => constraints.find((one) => one.contype === type);
  const fallback = of('CONSTR_DEFAULT');
  const generated = of('CONSTR_GENERATED');
  const isSerial = /^(small|big)?serial[248]?$/.test(namesOf(column.typeName?.names).at(-1) ?? '');
  const isIdentity = of('CONSTR_IDENTITY') !== undefined;
  const isPrimary = of('CONSTR_PRIMARY') !== undefined;
  return {
    isNotNull: of('CONSTR_NOTNULL') !== undefined || isPrimary,
    isFilled: (fallback !== undefined && !isNullDefault(fallback)) || generated !== undefined || isSerial || isIdentity,
    rewrite: rewriteOf(fallback, generated, isSerial, isIdentity),
    isScanned: isPrimary || of('CONSTR_UNIQUE') !== undefined || of('CONSTR_CHECK') !== undefined,
    references: constraints.filter((one) => one.contype === 'CONSTR_FOREIGN'),
  };
}

function isNullDefault(constraint: Constraint): boolean {
  const value = constraint.raw_expr;
  return value !== undefined && 'A_Const' in value && value.A_Const.isnull === true;
}

function rewriteOf(
  fallback: Constraint | undefined,
  generated: Constraint | undefined,
  isSerial: boolean,
  isIdentity: boolean,
): ColumnEffects['rewrite'] {
  if (isSerial) return { why: 'its default takes the next number of a sequence for every row', isSure: true };
  if (isIdentity) return { why: 'an identity is a number for every row', isSure: true };
  if (generated !== undefined) {
    return generated.generated_kind === 'v'
      ? null
      : { why: 'a stored generated column is computed for every row', isSure: true };
  }
  const volatility = fallback === undefined ? 'steady' : volatilityOf(fallback.raw_expr);
  if (volatility === 'volatile') return { why: 'its default differs from row to row', isSure: true };
  if (volatility === 'possible') return { why: 'its default calls a function that may be volatile', isSure: false };
  return null;
}
