import { arrayMove } from '@dnd-kit/sortable';
import type { Rule, RuleSet } from './rule-types.ts';

/** The rule in the place of the one with its id, or at the end. @param oldId when the id itself was changed */
export function withRule(set: RuleSet, rule: Rule, oldId = rule.id): RuleSet {
  const index = set.rules.findIndex(({ id }) => id === oldId);
  return { ...set, rules: index < 0 ? [...set.rules, rule] : set.rules.with(index, rule) };
}

export function withoutRule(set: RuleSet, ruleId: string): RuleSet {
  return { ...set, rules: set.rules.filter(({ id }) => id !== ruleId) };
}

/** Puts a rule where another stands; those between move up or down. */
export function moveRule(set: RuleSet, ruleId: string, overId: string): RuleSet {
  const from = set.rules.findIndex(({ id }) => id === ruleId);
  const to = set.rules.findIndex(({ id }) => id === overId);
  return from < 0 || to < 0 || from === to ? set : { ...set, rules: arrayMove(set.rules, from, to) };
}

/** A copy right behind the original, switched off: two alike would only hide each other. */
export function duplicateRule(set: RuleSet, ruleId: string, copyName: (name: string) => string): RuleSet {
  const index = set.rules.findIndex(({ id }) => id === ruleId);
  const rule = set.rules[index];
  if (!rule) return set;
  const copy: Rule = { ...rule, id: freeId(set, rule.id), name: copyName(rule.name).slice(0, 120), isEnabled: false };
  return { ...set, rules: set.rules.toSpliced(index + 1, 0, copy) };
}

/** `base`, or with the first number behind it that no rule of the set has. */
export function freeId(set: RuleSet, base: string): string {
  const taken = new Set(set.rules.map(({ id }) => id));
  const stem = base.replace(/-\d+$/, '').slice(0, 58);
  for (let count = 2; ; count++) if (!taken.has(`${stem}-${count}`)) return `${stem}-${count}`;
}

/** Both sets' rules, the added ones at the end; where ids meet, the added ones get others. */
export function appendRules(set: RuleSet, added: RuleSet): RuleSet {
  const all: RuleSet = { ...set, rules: [...set.rules] };
  for (const rule of added.rules) {
    const isTaken = all.rules.some(({ id }) => id === rule.id);
    all.rules.push(isTaken ? { ...rule, id: freeId(all, rule.id) } : rule);
  }
  return all;
}
