import type { Fault } from '@grey/contracts';

/**
 * Characters of CEL that one document may hold together. Every router compiles them before it decides with them, at some
 * ten microseconds a character, and answers nobody meanwhile.
 */
export const MOST_CEL = 50_000;

/** A condition, and where it stands. */
export interface PlacedCondition {
  /** undefined and null: there is none. */
  readonly condition: unknown;
  readonly path: string;
}

/** The first condition by which there is too much CEL; undefined when all of it is within bounds. */
export function findOverlong(conditions: readonly PlacedCondition[]): Fault | undefined {
  let length = 0;
  for (const { condition, path } of conditions) {
    length += celLengthOf(condition);
    if (length > MOST_CEL) return { path, message: `up to here there are more than ${MOST_CEL} characters of CEL` };
  }
  return undefined;
}

/** Without recursion, as it is asked before anybody looked how deep the tree is. */
function celLengthOf(condition: unknown): number {
  const open = [condition];
  let length = 0;
  while (open.length > 0) {
    const one = open.pop();
    if (typeof one !== 'object' || one === null) continue;
    const { of, expression } = one as { readonly of?: unknown; readonly expression?: unknown };
    if (typeof expression === 'string') length += expression.length;
    if (Array.isArray(of)) for (const inner of of) open.push(inner);
    else open.push(of);
  }
  return length;
}
