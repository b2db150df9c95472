import { describe, expect, it } from 'vitest';
import type { Condition } from '../routing-records.ts';
import { checkCondition } from './check-condition.ts';
import { compileCondition } from './compile-condition.ts';
import { DEEPEST_TREE, isBounded, LARGEST_TREE, sizeOf } from './condition-size.ts';

const leaf: Condition = { op: 'exists', operand: { from: 'user' } };
const all = (...of: readonly Condition[]): Condition => ({ op: 'all', of });
const any = (...of: readonly Condition[]): Condition => ({ op: 'any', of });
const not = (of: Condition): Condition => ({ op: 'not', of });

function nested(depth: number, wrap: (inner: Condition) => Condition): Condition {
  let condition = leaf;
  for (let i = 1; i < depth; i++) condition = wrap(condition);
  return condition;
}

const wide = (nodes: number, join = all): Condition => join(...Array.from({ length: nodes - 1 }, () => leaf));

describe('the size of a condition', () => {
  it('counts every node, and the deepest of them', () => {
    expect(sizeOf(leaf)).toEqual({ depth: 1, nodes: 1 });
    expect(sizeOf(not(leaf))).toEqual({ depth: 2, nodes: 2 });
    expect(sizeOf(all(leaf, any(leaf, not(leaf)), leaf))).toEqual({ depth: 4, nodes: 7 });
    expect(sizeOf(any(all(leaf), leaf))).toEqual({ depth: 3, nodes: 4 });
  });

  it.each([
    ['not', not],
    ['all', all],
    ['any', any],
  ])('may be as deep as the limit with %s, and no deeper', (_op, wrap) => {
    const deepest = nested(DEEPEST_TREE, wrap);
    expect(sizeOf(deepest)).toEqual({ depth: DEEPEST_TREE, nodes: DEEPEST_TREE });
    expect([isBounded(deepest), isBounded(wrap(deepest))]).toEqual([true, false]);
    expect(checkCondition(deepest, 'when')).toEqual([]);
    expect(checkCondition(wrap(deepest), 'when')).toHaveLength(1);
  });

  it.each([
    ['all', all],
    ['any', any],
  ])('may have as many nodes as the limit in %s, and no more', (_op, join) => {
    const largest = wide(LARGEST_TREE, join);
    expect(sizeOf(largest)).toEqual({ depth: 2, nodes: LARGEST_TREE });
    expect([isBounded(largest), isBounded(wide(LARGEST_TREE + 1, join))]).toEqual([true, false]);
  });

  it('is not counted further than it may be', () => {
    expect(sizeOf(wide(10 * LARGEST_TREE)).nodes).toBe(LARGEST_TREE + 1);
    expect(sizeOf(nested(10 * DEEPEST_TREE, not)).depth).toBe(DEEPEST_TREE + 1);
  });

  it('beyond the limits makes a condition that never holds, also of the negation of what never holds', () => {
    const facts = { metadata: {} } as never;
    const tooDeep = compileCondition(nested(DEEPEST_TREE + 1, not));
    expect(tooDeep.test(facts)).toBe(false);
    expect(tooDeep.trace(facts)).toEqual({ passed: false, text: 'false', value: null });
  });
});
