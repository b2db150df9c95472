import type { Comparison } from '../conditions/compile-comparison.ts';
import type { Operand } from '../routing-records.ts';
import { onceForEach } from './once-for-each.ts';

/** What the analysis takes as one question about the request; `whole_path` is a rule's regex over its path. */
export type Leaf =
  | Comparison
  | { readonly op: 'cel'; readonly expression: string }
  | { readonly op: 'whole_path'; readonly operand: Operand; readonly pattern: string };

/** A condition as the analysis knows it, with rules' paths among the leaves. */
export type Formula =
  | { readonly op: 'all' | 'any'; readonly of: readonly Formula[] }
  | { readonly op: 'not'; readonly of: Formula }
  | Leaf;

export interface Literal {
  readonly leaf: Leaf;
  readonly isTrue: boolean;
}

/** What a leaf looks at, equal for two leaves that look at the same value; null where it is no single value. */
export const subjectOf = onceForEach((leaf: Leaf): string | null => {
  if (!('operand' in leaf)) return null;
  const { operand } = leaf;
  if (!('name' in operand)) return operand.from;
  return `${operand.from}:${operand.from === 'header' ? operand.name.toLowerCase() : operand.name}`;
});

/** Whether a question may be answered differently when it is asked again for the same request. */
export function isDrawn(leaf: Leaf): boolean {
  return leaf.op === 'random' || (leaf.op === 'cel' && /\brandom\b/.test(leaf.expression));
}

/** Whether two leaves are one question, as far as their writing shows. */
export function isSameLeaf(x: Leaf, y: Leaf): boolean {
  return writeLeaf(x) === writeLeaf(y) && !isDrawn(x);
}

const writeLeaf = onceForEach((leaf: Leaf): string => {
  const { operand: _operand, ...rest } = leaf as Leaf & { operand?: Operand };
  return JSON.stringify([subjectOf(leaf), Object.entries(rest).sort(([x], [y]) => (x < y ? -1 : 1))]);
});
