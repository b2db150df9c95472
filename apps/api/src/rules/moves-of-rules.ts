import type { Condition, RuleRecord, RuleSetRecord } from '@grey/route-core';
import type { VersionMove } from '../guards/version-guard.ts';
import { canonicalJson } from '../infra/http/canonical-json.ts';

/**
 * The versions that new rules lead to, for whom. Rules that were live as they are move nobody; nor do rules that are off.
 * A rule that can only be met by certain tenants moves those, every other one may move everybody.
 */
export function movesOfRules(serviceId: string, live: RuleSetRecord | undefined, next: RuleSetRecord): VersionMove[] {
  const known = new Set((live?.rules ?? []).map(textOf));
  const moves = new Map<string, VersionMove>();
  for (const rule of next.rules) {
    if (!rule.isEnabled || known.has(textOf(rule))) continue;
    for (const tenantId of tenantsOf(rule.when) ?? [null])
      for (const toVersion of versionsOf(rule))
        moves.set(`${tenantId ?? ''} ${toVersion}`, { tenantId, serviceId, fromVersion: null, toVersion });
  }
  return [...moves.values()];
}

function textOf({ when, path, methods, target, isEnabled }: RuleRecord): string {
  return canonicalJson({ when, path, methods, target, isEnabled });
}

/** A mirror answers nobody and a fallback only where nothing else can: no moves. A lane's versions are judged with the lane. */
function versionsOf({ target }: RuleRecord): string[] {
  if (target.kind === 'version') return [target.version];
  if (target.kind === 'lane') return [];
  return target.split.shares.filter(({ weight }) => weight > 0).map(({ version }) => version);
}

/** The only tenants that can meet the condition; undefined: it does not say. */
function tenantsOf(when: Condition | undefined): readonly string[] | undefined {
  if (when === undefined) return undefined;
  if (when.op === 'equals' && when.operand.from === 'tenant') return [String(when.value)];
  if (when.op === 'in' && when.operand.from === 'tenant') return when.values.map(String);
  if (when.op === 'all') {
    for (const part of when.of) {
      const tenants = tenantsOf(part);
      if (tenants !== undefined) return tenants;
    }
    return undefined;
  }
  if (when.op !== 'any' || when.of.length === 0) return undefined;
  const lists = when.of.map(tenantsOf);
  return lists.every((list) => list !== undefined) ? [...new Set(lists.flat())] : undefined;
}
