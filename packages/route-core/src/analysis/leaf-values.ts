import { type Comparison, compileComparison, type Test } from '../conditions/compile-comparison.ts';
import { Facts } from '../conditions/index.ts';
import { createDecisionEnv } from '../decision-env.ts';
import type { Operand, Scalar } from '../routing-records.ts';
import type { Leaf } from './leaf.ts';
import { onceForEach } from './once-for-each.ts';

/**
 * The values that make a leaf true, where they can be counted. `exact` are all of them that are texts or booleans; each of
 * `numbers` stands for everything that is read as that number (5, '5', '5.0').
 */
export interface LeafValues {
  readonly exact: readonly Scalar[];
  readonly numbers: readonly number[];
}

const PROBE = { from: 'attribute', name: 'probe' } as const;
/** These see a number alike, however it is written. */
const NUMERIC = new Set(['less', 'less_or_equal', 'greater', 'greater_or_equal', 'exists']);
const NO_ENV = createDecisionEnv({ now: () => 0, random: () => 0 });

export const listValues = onceForEach((leaf: Leaf): LeafValues | null => {
  if (leaf.op !== 'equals' && leaf.op !== 'in') return null;
  const values = leaf.op === 'equals' ? [leaf.value] : leaf.values;
  const texts = values.filter((value) => typeof value === 'string');
  const booleans = values.filter((value) => typeof value === 'boolean');
  return {
    exact: [...texts.filter((text) => canBe(leaf.operand, text)), ...booleans.flatMap((is) => [is, String(is)])],
    numbers: values.filter((value) => typeof value === 'number'),
  };
});

/** Whether the operand can ever have this text: methods are read in capitals, a path ends before its query. */
function canBe(operand: Operand, text: string): boolean {
  switch (operand.from) {
    case 'header':
    case 'cookie':
    case 'query':
    case 'attribute':
    case 'claim':
      return true;
    case 'method':
      return text !== '' && text === text.toUpperCase();
    case 'path':
      return text !== '' && !text.includes('?');
    default:
      return text !== '';
  }
}

/** Whether each of the values makes the other leaf true, which looks at the same operand. */
export function areAllTrue({ exact, numbers }: LeafValues, of: Leaf): boolean {
  const test = probe(of);
  if (test === null) return false;
  // Where a number makes a list true, one of its numbers did: a number is no text.
  if (numbers.length > 0 && !isNumeric(of) && of.op !== 'in') return false;
  return [...exact, ...numbers].every(test);
}

/** Whether none of the values makes the other leaf true. */
export function areAllFalse({ exact, numbers }: LeafValues, of: Leaf): boolean {
  const test = probe(of);
  if (test === null || (numbers.length > 0 && !isNumeric(of))) return false;
  return ![...exact, ...numbers].some(test);
}

function isNumeric(leaf: Leaf): boolean {
  if (leaf.op === 'equals') return typeof leaf.value === 'number';
  if (leaf.op === 'in') return leaf.values.every((value) => typeof value === 'number');
  return NUMERIC.has(leaf.op);
}

/** Asks the engine itself: the leaf, compiled for an attribute that has the value. null where it asks no operand. */
const probe = onceForEach((leaf: Leaf): ((value: Scalar) => boolean) | null => {
  if (!('operand' in leaf) || leaf.op === 'whole_path') return null;
  const test: Test = compileComparison({ ...leaf, operand: PROBE } as Comparison);
  return (value) => test(new Facts('t', { attributes: { [PROBE.name]: value } }, NO_ENV));
});
