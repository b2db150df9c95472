import type { RuleRecord, RuleSetRecord } from '@grey/route-core';
import { tenantsOf } from '../guards/tenants-of.ts';
import { isDirected, type VersionMove } from '../guards/version-guard.ts';
import { canonicalJson } from '../infra/http/canonical-json.ts';

/** The services that answer together in a lane, by its tag. */
export type ServicesOfLane = (tag: string) => readonly string[];

/**
 * The versions that new rules lead to, for whom, and who leaves rules that go, or that others now come before. Rules that were
 * live as they are move nobody; nor do rules that are off. A rule that can only be met by certain tenants moves those, every
 * other one may move everybody. Where a lane leads is judged with the lane; that a rule leads there is a move all the same.
 * A version that a rule falls back to is entered too, when nothing else can answer: from what they have, and from the target.
 */
export function movesOfRules(
  serviceId: string,
  live: RuleSetRecord | undefined,
  next: RuleSetRecord,
  servicesOfLane: ServicesOfLane = () => [],
): VersionMove[] {
  const before = enabledOf(live);
  const after = enabledOf(next);
  const moves = new Map<string, VersionMove>();
  const add = (
    rule: RuleRecord,
    serviceIds: readonly string[],
    toVersion: string | null,
    fromVersion: string | null = null,
  ) => {
    for (const tenantId of tenantsOf(rule.when) ?? [null])
      for (const id of serviceIds)
        moves.set(`${id} ${tenantId ?? ''} ${fromVersion ?? ''} ${toVersion ?? ''}`, {
          tenantId,
          serviceId: id,
          fromVersion,
          toVersion,
        });
  };
  const leave = (rule: RuleRecord) =>
    add(rule, [serviceId, ...(rule.target.kind === 'lane' ? servicesOfLane(rule.target.tag) : [])], null);
  for (const [text, rule] of after)
    if (!before.has(text)) {
      for (const version of versionsOf(rule)) add(rule, [serviceId], version);
      if (rule.target.kind === 'lane') leave(rule);
    }
  for (const [text, rule] of after) {
    const fallback = fallbackOf(rule);
    if (fallback === undefined || fallback === fallbackOf(before.get(text))) continue;
    for (const from of [null, ...versionsOf(rule)]) if (from !== fallback) add(rule, [serviceId], fallback, from);
  }
  for (const [text, rule] of before) if (!after.has(text)) leave(rule);
  for (const rule of rearranged(before, after)) leave(rule);
  if (live !== undefined && live.normalizePath !== next.normalizePath)
    for (const [text, rule] of after) if (before.has(text) && rule.path !== undefined) leave(rule);
  // Who is led somewhere leaves what was there; that needs no word of its own.
  const all = [...moves.values()];
  const enters = new Set(all.filter(isDirected).map(({ tenantId, serviceId: id }) => `${id} ${tenantId ?? ''}`));
  return all.filter(
    (one) => isDirected(one) || ![one.tenantId ?? '', ''].some((tenant) => enters.has(`${one.serviceId} ${tenant}`)),
  );
}

/** Rules that are on, by what they do, in the order in which they are tried where no path decides. */
function enabledOf(set: RuleSetRecord | undefined): Map<string, RuleRecord> {
  const rules = (set?.rules ?? []).filter(({ isEnabled }) => isEnabled);
  return new Map(rules.sort((a, b) => b.priority - a.priority).map((rule) => [textOf(rule), rule]));
}

/** Rules that are there before and after, without those at both ends whose order is the same. */
function rearranged(before: ReadonlyMap<string, RuleRecord>, after: ReadonlyMap<string, RuleRecord>): RuleRecord[] {
  const was = [...before.keys()].filter((text) => after.has(text));
  const is = [...after.keys()].filter((text) => before.has(text));
  let start = 0;
  while (start < is.length && was[start] === is[start]) start += 1;
  let end = is.length;
  while (end > start && was[end - 1] === is[end - 1]) end -= 1;
  return is.slice(start, end).flatMap((text) => after.get(text) ?? []);
}

function textOf({ when, path, methods, target, isEnabled }: RuleRecord): string {
  return canonicalJson({ when, path, methods, target, isEnabled });
}

/** The version that a rule names for when its target cannot answer. */
function fallbackOf(rule: RuleRecord | undefined): string | undefined {
  return rule?.fallback?.mode === 'version' ? rule.fallback.version : undefined;
}

/** A mirror answers nobody: no move. A lane's versions are judged with the lane. */
function versionsOf({ target }: RuleRecord): string[] {
  if (target.kind === 'version') return [target.version];
  if (target.kind === 'lane') return [];
  return target.split.shares.filter(({ weight }) => weight > 0).map(({ version }) => version);
}
