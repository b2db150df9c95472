import type { Condition } from '../routing-records.ts';

export const DEEPEST_TREE = 32;
export const LARGEST_TREE = 200;

/** How deep a condition is nested and how many nodes it has, without recursion; counting stops beyond the limits. */
export function sizeOf(condition: Condition): { depth: number; nodes: number } {
  const waiting: { of: Condition; depth: number }[] = [{ of: condition, depth: 1 }];
  let depth = 0;
  let nodes = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    nodes++;
    depth = Math.max(depth, next.depth);
    if (nodes > LARGEST_TREE || depth > DEEPEST_TREE) break;
    const { of } = next;
    if (of.op === 'not') waiting.push({ of: of.of, depth: next.depth + 1 });
    else if (of.op === 'all' || of.op === 'any') {
      for (const part of of.of) waiting.push({ of: part, depth: next.depth + 1 });
    }
  }
  return { depth, nodes };
}

/** Larger conditions are not saved, and not compiled either: not even their size may keep a decision busy. */
export function isBounded(condition: Condition): boolean {
  const { depth, nodes } = sizeOf(condition);
  return depth <= DEEPEST_TREE && nodes <= LARGEST_TREE;
}
