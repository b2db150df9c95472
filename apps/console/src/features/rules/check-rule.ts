import { ruleInputSchema } from '@grey/contracts';
import { checkCondition } from '@grey/route-core';
import { type RuleFields, toRule } from './rule-fields.ts';
import { missingShare } from './split-weights.ts';

/** What is wrong with a field: a key of `rules.fault`, and the contract's own words for what has none. */
export interface FieldFault {
  readonly field: keyof RuleFields;
  readonly fault:
    | 'required'
    | 'name'
    | 'version'
    | 'tooLong'
    | 'taken'
    | 'sum'
    | 'twice'
    | 'noShares'
    | 'condition'
    | 'number'
    | 'path'
    | 'other';
  readonly detail: string;
}

/** Where the fault of a path of the contract is shown, the longest path first. */
const places: readonly (readonly [RegExp, keyof RuleFields, FieldFault['fault']])[] = [
  [/^id$/, 'id', 'name'],
  [/^name$/, 'name', 'required'],
  [/^priority$/, 'priority', 'number'],
  [/^path\.value$/, 'pathValue', 'path'],
  [/^methods/, 'methods', 'other'],
  [/^when/, 'when', 'condition'],
  [/^target\.version$/, 'version', 'version'],
  [/^target\.tag$/, 'tag', 'required'],
  [/^target\.shares\.\d+\.version$/, 'shares', 'version'],
  [/^target\.shares/, 'shares', 'noShares'],
  [/^target\.unit/, 'unit', 'required'],
  [/^target\.salt$/, 'salt', 'tooLong'],
  [/^fallback/, 'fallbackVersion', 'version'],
  [/^mirror\.version$/, 'mirrorVersion', 'version'],
  [/^mirror/, 'mirrorShare', 'number'],
];

/**
 * Judges the form by the contract's schema, and by what the engine refuses beyond it.
 *
 * @param taken ids of the other rules
 */
export function checkRule(fields: RuleFields, taken: ReadonlySet<string>): FieldFault[] {
  const rule = toRule(fields);
  const faults = faultsOfContract(rule);
  if (taken.has(rule.id)) faults.push({ field: 'id', fault: 'taken', detail: '' });
  if (fields.kind === 'split' && fields.shares.length > 0) {
    if (missingShare(fields.shares) !== 0) faults.push({ field: 'shares', fault: 'sum', detail: '' });
  }
  if (fields.fallbackMode === 'version' && !fields.fallbackVersion)
    faults.push({ field: 'fallbackVersion', fault: 'required', detail: '' });
  if (fields.celFault !== null) faults.push({ field: 'when', fault: 'condition', detail: fields.celFault });
  else if (fields.when)
    for (const { path, message } of checkCondition(fields.when, ''))
      faults.push({ field: 'when', fault: 'condition', detail: path ? `${path}: ${message}` : message });
  return faults;
}

function faultsOfContract(rule: unknown): FieldFault[] {
  const checked = ruleInputSchema.safeParse(rule);
  return (checked.error?.issues ?? []).map((issue) => {
    const path = issue.path.join('.');
    const [, field = 'name', fault = 'other'] = places.find(([pattern]) => pattern.test(path)) ?? [];
    // The contract's own rule about shares: each version once.
    if (issue.code === 'custom' && field === 'shares') return { field, fault: 'twice', detail: issue.message } as const;
    const isLong = issue.code === 'too_big' && issue.origin === 'string';
    return { field, fault: isLong ? 'tooLong' : fault, detail: issue.message } as const;
  });
}
