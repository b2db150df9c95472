import type { Rule, RuleSet } from './rule-types.ts';
import { stableText } from './rule-types.ts';

export const ruleFieldNames = [
  'name',
  'priority',
  'isEnabled',
  'path',
  'methods',
  'when',
  'target',
  'fallback',
  'mirror',
] as const;
export type RuleFieldName = (typeof ruleFieldNames)[number];

export interface ChangedRule {
  readonly before: Rule;
  readonly after: Rule;
  readonly fields: readonly RuleFieldName[];
  /** Stands elsewhere among the rules that both sets have. */
  readonly isMoved: boolean;
}
export interface RuleSetDiff {
  readonly added: readonly Rule[];
  readonly removed: readonly Rule[];
  /** Fields changed, or moved, or both. */
  readonly changed: readonly ChangedRule[];
  readonly normalizePath: { readonly before: boolean; readonly after: boolean } | null;
  readonly count: number;
}

/** Rule by rule, what publishing `after` over `before` does. Rules are the same when their ids are. */
export function diffRuleSets(before: RuleSet, after: RuleSet): RuleSetDiff {
  const old = new Map(before.rules.map((rule) => [rule.id, rule]));
  const now = new Map(after.rules.map((rule) => [rule.id, rule]));
  const added = after.rules.filter(({ id }) => !old.has(id));
  const removed = before.rules.filter(({ id }) => !now.has(id));
  const moved = findMoved(
    before.rules.map(({ id }) => id).filter((id) => now.has(id)),
    after.rules.map(({ id }) => id).filter((id) => old.has(id)),
  );
  const changed = after.rules.flatMap((rule): ChangedRule[] => {
    const was = old.get(rule.id);
    if (!was) return [];
    const fields = ruleFieldNames.filter((field) => stableText(was[field]) !== stableText(rule[field]));
    const isMoved = moved.has(rule.id);
    return fields.length > 0 || isMoved ? [{ before: was, after: rule, fields, isMoved }] : [];
  });
  const normalizePath =
    before.normalizePath === after.normalizePath ? null : { before: before.normalizePath, after: after.normalizePath };
  const count = added.length + removed.length + changed.length + (normalizePath ? 1 : 0);
  return { added, removed, changed, normalizePath, count };
}

/** The fewest ids that must have moved to turn one order into the other: those outside the longest common order. */
function findMoved(before: readonly string[], after: readonly string[]): Set<string> {
  const placeBefore = new Map(before.map((id, index) => [id, index]));
  const places = after.map((id) => placeBefore.get(id) ?? -1);
  // Longest increasing subsequence by patience; `previous` leads back through it.
  const tops: number[] = [];
  const previous: number[] = [];
  for (const [index, place] of places.entries()) {
    let pile = 0;
    while (pile < tops.length && (places[tops[pile] ?? 0] ?? 0) < place) pile++;
    previous[index] = pile > 0 ? (tops[pile - 1] ?? -1) : -1;
    tops[pile] = index;
  }
  const moved = new Set(after);
  for (let index = tops.at(-1) ?? -1; index >= 0; index = previous[index] ?? -1) moved.delete(after[index] ?? '');
  return moved;
}
