import type { Condition as EngineCondition } from '@grey/route-core';
import type { RuleInput, RuleSetInput } from '../../api/generated/model/index.ts';

export type { MissingUnit, Operand, UnitRecord as Unit } from '@grey/route-core';

/** A condition as the engine has it; the client's own type is the same but for `readonly`. */
export type Condition = EngineCondition;
export type Rule = RuleInput;
export type RuleSet = RuleSetInput;
export type RuleTarget = RuleInput['target'];
export interface Share {
  readonly version: string;
  /** Basis points. */
  readonly weight: number;
}

/** What a service without rules has. */
export const noRules: RuleSet = { normalizePath: false, rules: [] };

/** Only what an operator says of rules: without the facts that the API adds. */
export function ruleSetOf({ normalizePath, rules }: RuleSet): RuleSet {
  return { normalizePath, rules };
}

/** Whether two sets say the same. */
export function isSameRuleSet(one: RuleSet, other: RuleSet): boolean {
  return stableText(ruleSetOf(one)) === stableText(ruleSetOf(other));
}

/** JSON with its keys in order, so that equal values have equal texts. */
export function stableText(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}
