import type { RuleInput, RuleSetInput } from '@grey/contracts';
import type { ItemDraft } from '../changes/item-draft.ts';
import { canonicalJson } from '../infra/http/canonical-json.ts';

/** A published set, as far as the log tells of it. */
export interface NumberedSet {
  readonly number: number;
  readonly input: RuleSetInput;
}

/** What a publication did: which set is live and in what order its rules stand, then each rule that differs. */
export function itemsOfPublication(
  serviceId: string,
  before: NumberedSet | undefined,
  after: NumberedSet,
): ItemDraft[] {
  const was = rulesById(before?.input.rules ?? []);
  const is = rulesById(after.input.rules);
  const touched = [...new Set([...was.keys(), ...is.keys()])].filter(
    (id) => canonicalJson(was.get(id)) !== canonicalJson(is.get(id)),
  );
  return [
    {
      entity: 'service',
      tenantId: null,
      serviceId,
      key: serviceId,
      before: before === undefined ? { liveRuleSet: null } : headOfRules(before),
      after: headOfRules(after),
    },
    ...touched.map((id) => ({
      entity: 'rule' as const,
      tenantId: null,
      serviceId,
      key: `${serviceId}/${id}`,
      before: stateOf(was.get(id)),
      after: stateOf(is.get(id)),
    })),
  ];
}

/** What the log keeps of which set is live. */
export function headOfRules({ number, input }: NumberedSet): Record<string, unknown> {
  return { liveRuleSet: number, normalizePath: input.normalizePath, rules: input.rules.map((rule) => rule.id) };
}

function rulesById(rules: readonly RuleInput[]): Map<string, RuleInput> {
  return new Map(rules.map((rule) => [rule.id, rule]));
}

/** What the log keeps of a rule. */
export function stateOfRule(rule: RuleInput): Record<string, unknown> {
  return { ...rule };
}

function stateOf(rule: RuleInput | undefined): Record<string, unknown> | null {
  return rule === undefined ? null : stateOfRule(rule);
}
