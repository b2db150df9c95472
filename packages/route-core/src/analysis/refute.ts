import { type Formula, type Literal, subjectOf } from './leaf.ts';
import { areDisjoint, isAlways, isImplied, isNever } from './leaf-relations.ts';
import { areAllFalse, areAllTrue, type LeafValues, listValues } from './leaf-values.ts';

/** How many steps one question may take. */
const STEP_LIMIT = 2000;
/** Longer lists are only compared as a whole. */
const MOST_VALUES = 32;

/** How many steps many questions may take together; they are used up. Beyond, nothing can be shown any more. */
export interface Budget {
  steps: number;
}

interface Claim {
  readonly formula: Formula;
  readonly isTrue: boolean;
}

/**
 * Whether no request makes all these true at once: a tableau, which takes formulas apart, follows each side of an `or`, and looks
 * for two leaves that exclude one another. `true` is certain; `false` only says that no contradiction was found.
 */
export function areContradictory(formulas: readonly Formula[], budget: Budget = { steps: STEP_LIMIT }): boolean {
  const claims = formulas.map((formula) => ({ formula, isTrue: true }));
  return new Tableau(budget).closes(claims, []);
}

/** Whether every request that makes `by` true makes `formula` true. `false` = it could not be shown. */
export function isFormulaImplied(by: Formula, formula: Formula, budget?: Budget): boolean {
  return areContradictory([by, { op: 'not', of: formula }], budget);
}

class Tableau {
  readonly #budget: Budget;
  #steps = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** @param known literals of this branch, none of which excludes another */
  closes(claims: readonly Claim[], known: readonly Literal[]): boolean {
    const open = [...claims];
    const literals = [...known];
    const forks: (readonly Claim[])[] = [];
    for (let claim = open.pop(); claim !== undefined; claim = open.pop()) {
      if (++this.#steps > STEP_LIMIT || --this.#budget.steps < 0) return false;
      const { formula, isTrue } = claim;
      if (formula.op === 'not') open.push({ formula: formula.of, isTrue: !isTrue });
      else if ('of' in formula) {
        const parts = formula.of.map((part) => ({ formula: part, isTrue }));
        if ((formula.op === 'all') === isTrue) open.push(...parts);
        else forks.push(parts);
      } else {
        const literal = { leaf: formula, isTrue };
        if (isImpossible(literal) || literals.some((other) => doExclude(literal, other))) return true;
        literals.push(literal);
      }
    }
    return literals.some((literal) => isUsedUp(literal, literals)) || this.#forkCloses(forks, literals);
  }

  #forkCloses(forks: readonly (readonly Claim[])[], literals: readonly Literal[]): boolean {
    if (forks.length === 0) return false;
    // The narrowest first: one with no side at all closes the branch.
    const [fork, ...rest] = forks.toSorted((x, y) => x.length - y.length);
    const others = rest.map((parts) => toFormula(parts));
    return fork!.every((side) => this.closes([side, ...others], literals));
  }
}

/** What is left to fork, as one claim again. */
function toFormula(parts: readonly Claim[]): Claim {
  const of = parts.map(({ formula, isTrue }): Formula => (isTrue ? formula : { op: 'not', of: formula }));
  return { formula: { op: 'any', of }, isTrue: true };
}

function isImpossible({ leaf, isTrue }: Literal): boolean {
  return isTrue ? isNever(leaf) : isAlways(leaf);
}

function doExclude(x: Literal, y: Literal): boolean {
  if (x.isTrue && y.isTrue) return areDisjoint(x.leaf, y.leaf);
  if (x.isTrue) return isImplied(x.leaf, y.leaf);
  return y.isTrue && isImplied(y.leaf, x.leaf);
}

/** Whether each of the few values that would make a leaf true is ruled out by another literal. */
function isUsedUp({ leaf, isTrue }: Literal, literals: readonly Literal[]): boolean {
  const values = isTrue ? listValues(leaf) : null;
  if (values === null || values.exact.length + values.numbers.length > MOST_VALUES) return false;
  const subject = subjectOf(leaf);
  const others = literals.filter((other) => other.leaf !== leaf && subjectOf(other.leaf) === subject);
  const isRuledOut = (value: LeafValues): boolean =>
    others.some((other) => (other.isTrue ? areAllFalse(value, other.leaf) : areAllTrue(value, other.leaf)));
  return (
    values.exact.every((text) => isRuledOut({ exact: [text], numbers: [] })) &&
    values.numbers.every((number) => isRuledOut({ exact: [], numbers: [number] }))
  );
}
