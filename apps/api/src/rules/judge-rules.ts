import type { RuleFinding, RuleSetInput } from '@grey/contracts';
import { composeRuleSet, type RuleSetDraft, type RuleSetRecord } from '@grey/route-core';
import { findFindings, type RulesContext } from './find-findings.ts';

/** A rule set to be judged: what an operator wrote, to be published under a number, or one that was published before. */
export type RuleSource = { readonly input: RuleSetInput; readonly number: number } | { readonly record: RuleSetRecord };

/** A rule set as it would be live, and what is wrong or doubtful with it. */
export interface JudgedRules {
  readonly record: RuleSetRecord;
  readonly findings: readonly RuleFinding[];
}

/** Pure; takes seconds for sets at the limit of what may be saved. */
export function judgeRules(source: RuleSource, context: RulesContext): JudgedRules {
  const { service } = context;
  const record =
    'record' in source
      ? source.record
      : composeRuleSet(service.id, source.input as RuleSetDraft, source.number, service.ruleSet);
  return { record, findings: findFindings(record, context) };
}

const FEW_RULES = 30;
const FEW_NODES = 300;

/** Whether a set is judged within milliseconds. */
export function isSmall(source: RuleSource): boolean {
  const { rules } = 'record' in source ? source.record : source.input;
  if (rules.length > FEW_RULES) return false;
  let nodes = 0;
  for (const { when } of rules) nodes += countNodes(when, FEW_NODES);
  return nodes <= FEW_NODES;
}

function countNodes(condition: unknown, limit: number): number {
  const open = [condition];
  let count = 0;
  while (open.length > 0 && count <= limit) {
    const one = open.pop() as { readonly of?: unknown; readonly expression?: string } | undefined;
    // An expression is about as much work as a part for each word of it.
    count += 1 + Math.floor((one?.expression?.length ?? 0) / 16);
    if (Array.isArray(one?.of)) open.push(...one.of);
    else if (one?.of !== undefined) open.push(one.of);
  }
  return count;
}
