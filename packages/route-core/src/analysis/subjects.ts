import { type Formula, subjectOf } from './leaf.ts';
import { areContradictory } from './refute.ts';

/** All that a formula looks at; leaves without an operand by their kind. */
export function askedSubjects(formula: Formula): Set<string> {
  if (formula.op === 'not') return askedSubjects(formula.of);
  if (!('of' in formula)) return new Set([subjectOf(formula) ?? formula.op]);
  return new Set(formula.of.flatMap((part) => [...askedSubjects(part)]));
}

/**
 * For each part that must be true, what it looks at. Whoever is to imply the formula looks at one of them in each part, except
 * in parts that are true of every request.
 */
export function neededSubjects(formula: Formula): readonly Set<string>[] {
  if (formula.op === 'all') return formula.of.flatMap((part) => neededSubjects(part));
  return areContradictory([{ op: 'not', of: formula }]) ? [] : [askedSubjects(formula)];
}
