import type { Condition, Operand, RuleSetRecord, UnitRecord } from '@grey/route-core';
import { type KeptNames, type NameKind, nameKinds } from './kept-names.ts';

/** Names in CEL text, as `header.get('x-beta')`, `headers["x-beta"]` or `claims.plan`; what is built at run time is not seen. */
const CEL_NAME = /\b(header|cookie|query|claim|attribute)s?(?:\.get\(\s*|\[\s*|\.)(?:(["'])(.*?)\2|(\w+))/g;

/** Inputs that a rule set asks for and no sample keeps, such as `header x-beta`: of these a simulation cannot tell. */
export function findUnseen({ rules }: RuleSetRecord, kept: KeptNames): string[] {
  const unseen = new Set<string>();
  const ask = (kind: string, name: string | undefined) => {
    if (kind === 'token') unseen.add('token');
    const named = nameKinds.find((one) => one === kind);
    if (named === undefined || name === undefined || keeps(kept, named, name)) return;
    unseen.add(`${named} ${name}`);
  };
  for (const { when, target } of rules) {
    if (when !== undefined) visit(when, ask);
    if (target.kind === 'split') visitUnit(target.split.unit, ask);
  }
  return [...unseen].sort();
}

/** A claim is kept by its first part: dots lead into it. */
function keeps(kept: KeptNames, kind: NameKind, name: string): boolean {
  return kept.has(kind, name) || (kind === 'claim' && kept.has(kind, name.split('.')[0] ?? ''));
}

type Ask = (kind: string, name: string | undefined) => void;

function visit(condition: Condition, ask: Ask): void {
  if (condition.op === 'all' || condition.op === 'any') for (const inner of condition.of) visit(inner, ask);
  else if (condition.op === 'not') visit(condition.of, ask);
  else if (condition.op === 'cel') visitCel(condition.expression, ask);
  else if (condition.op === 'percentage') visitUnit(condition.portion.unit, ask);
  else if ('operand' in condition) visitOperand(condition.operand, ask);
}

function visitOperand(operand: Operand, ask: Ask): void {
  ask(operand.from, 'name' in operand ? operand.name : undefined);
}

function visitUnit(unit: UnitRecord, ask: Ask): void {
  ask(unit.by, 'name' in unit ? unit.name : undefined);
}

function visitCel(expression: string, ask: Ask): void {
  for (const [, kind = '', , quoted, word] of expression.matchAll(CEL_NAME))
    if (word !== 'get') ask(kind, quoted ?? word);
  if (/(^|[^\w.'"])token\b/.test(expression)) ask('token', undefined);
}
