import type { RuleRecord, RuleSetRecord } from '@grey/route-core';
import { tenantsOf } from '../guards/tenants-of.ts';
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
