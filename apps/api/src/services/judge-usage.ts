import type { RuleSetInput, VersionCompatibility, VersionReference } from '@grey/contracts';
import { compileVersionRange } from '@grey/route-core';
import {
  findReferences,
  type RoutingOfService,
  type VersionReference as RoutingReference,
  usesOf,
} from './version-references.ts';

/** Everything that may name a version of a service, as it stands in the configuration. */
export interface VersionUsage {
  readonly serviceId: string;
  readonly version: string;
  /** `examples`: the first ids */
  readonly assigned: { readonly count: number; readonly pinnedCount: number; readonly examples: readonly string[] };
  readonly defaults: readonly { readonly version: string; readonly weight: number }[];
  readonly routing: RoutingOfService;
  /** Rules that are not live yet. */
  readonly draft: Pick<RuleSetInput, 'rules'> | undefined;
  /** Holds in force that lead away from the version. */
  readonly holdsFrom: readonly { readonly id: string; readonly toVersion: string }[];
  /** Rollbacks that rewrote assignments of the version and can still be undone. */
  readonly rollbacks: readonly { readonly holdId: string; readonly count: number }[];
  readonly compatibility: readonly { readonly serviceId: string; readonly versions: readonly VersionCompatibility[] }[];
  /** Other versions of the service that can be selected. */
  readonly others: readonly string[];
  readonly flagCount: number;
}

const NOTHING = { id: null, as: null, count: null, mend: null } as const;

/** What refers to a version, in words, what keeps it from being retired first. Pure. */
export function judgeUsage(usage: VersionUsage): VersionReference[] {
  return [...blockers(usage), ...bystanders(usage)];
}

function blockers({ serviceId, version, assigned, defaults, routing }: VersionUsage): VersionReference[] {
  const found: VersionReference[] = [];
  const share = defaults.find((one) => one.version === version);
  if (assigned.count > 0)
    found.push({
      ...NOTHING,
      kind: 'assignments',
      serviceId,
      count: assigned.count,
      isBlocking: true,
      detail: `${assigned.count} tenant(s) are assigned it${assigned.pinnedCount > 0 ? `, ${assigned.pinnedCount} of them pinned` : ''}${examplesOf(assigned)}.`,
      mend: 'Plan to move everybody who is assigned it, or promote another version.',
    });
  if (share !== undefined)
    found.push({
      ...NOTHING,
      kind: 'default',
      serviceId,
      count: share.weight,
      isBlocking: true,
      detail: `It is ${share.weight === 10_000 ? 'the' : `${share.weight / 100} % of the`} default of ${serviceId}.`,
      mend: 'Give the default to another version, or promote one.',
    });
  return [...found, ...findReferences(serviceId, version, routing).map(wordRouting)];
}

function examplesOf({ examples, count }: VersionUsage['assigned']): string {
  if (examples.length === 0) return '';
  return `: ${examples.join(', ')}${count > examples.length ? ' …' : ''}`;
}

function wordRouting(reference: RoutingReference): VersionReference {
  const base = { ...NOTHING, serviceId: reference.serviceId, isBlocking: true } as const;
  switch (reference.kind) {
    case 'fallback':
      return {
        ...base,
        kind: 'fallback',
        detail: `It is the fallback of ${reference.serviceId}.`,
        mend: 'Choose another fallback for the service.',
      };
    case 'rule':
      return {
        ...base,
        kind: 'rule',
        id: reference.ruleId,
        as: reference.as,
        detail: `Rule ${reference.ruleId} has it as ${reference.as}.`,
        mend: `Publish rules in which ${reference.ruleId} does not name it.`,
      };
    case 'experiment':
      return {
        ...base,
        kind: 'experiment',
        id: reference.experimentId,
        as: 'variant',
        detail: `Variant ${reference.variant} of experiment ${reference.experimentId} is answered by it.`,
        mend: 'Give the variant another version, or delete the experiment.',
      };
    case 'lane':
      return {
        ...base,
        kind: 'lane',
        id: reference.tag,
        as: 'target',
        detail: `Lane ${reference.tag} leads to it.`,
        mend: 'Take the version out of the lane.',
      };
    case 'hold':
      return {
        ...base,
        kind: 'hold',
        id: reference.holdId,
        as: 'to',
        detail: `Hold ${reference.holdId} leads tenants to it.`,
        mend: 'Lift the hold, or roll back further to another version.',
      };
  }
}

function bystanders(usage: VersionUsage): VersionReference[] {
  const { serviceId, version, flagCount } = usage;
  const base = { ...NOTHING, serviceId, isBlocking: false } as const;
  const found: VersionReference[] = [];
  for (const rule of usage.draft?.rules ?? [])
    for (const as of usesOf(rule, version))
      found.push({
        ...base,
        kind: 'rule_draft',
        id: rule.id,
        as,
        detail: `Rule ${rule.id} of the draft has it as ${as}.`,
        mend: 'The draft cannot be published with it once it is retired.',
      });
  for (const { id, toVersion } of usage.holdsFrom)
    found.push({ ...base, kind: 'hold', id, as: 'from', detail: `Hold ${id} leads tenants from it to ${toVersion}.` });
  for (const { holdId, count } of usage.rollbacks)
    found.push({
      ...base,
      kind: 'rollback',
      id: holdId,
      count,
      detail: `Undoing rollback ${holdId} would bring ${count} assignment(s) back to it; once it is retired they stay.`,
    });
  found.push(...requirements(usage), ...transitions(usage));
  if (flagCount > 0)
    found.push({ ...base, kind: 'flags', count: flagCount, detail: `It has ${flagCount} flag(s) of its own.` });
  return found;
}

/** Versions of other services that name it, or that no other version would satisfy. */
function requirements({ serviceId, version, others, compatibility }: VersionUsage): VersionReference[] {
  return compatibility.flatMap((service) =>
    service.versions.flatMap((one) => {
      const wanted = one.requires.find((requirement) => requirement.serviceId === serviceId);
      if (wanted === undefined || !admits(wanted.range, version)) return [];
      const isOnly = !others.some((other) => admits(wanted.range, other));
      if (!isOnly && typeof wanted.range === 'string') return [];
      return [
        {
          ...NOTHING,
          kind: 'requirement' as const,
          serviceId: service.serviceId,
          id: one.version,
          isBlocking: false,
          detail: `${service.serviceId} ${one.version} needs ${serviceId} ${textOf(wanted.range)}${isOnly ? ', which no other version is' : ''}.`,
          mend: isOnly
            ? `Without another version that fits, nobody can be moved to ${service.serviceId} ${one.version}.`
            : null,
        },
      ];
    }),
  );
}

function textOf(range: string | readonly string[]): string {
  return typeof range === 'string' ? range : range.join(' or ');
}

function admits(range: string | readonly string[], version: string): boolean {
  return typeof range === 'string' ? compileVersionRange(range)(version) : range.includes(version);
}

/** What the matrix of the service itself says of it. */
function transitions({ serviceId, version, compatibility }: VersionUsage): VersionReference[] {
  const own = compatibility.find((one) => one.serviceId === serviceId)?.versions ?? [];
  const entry = { ...NOTHING, kind: 'compatibility', serviceId, isBlocking: false } as const;
  return own.flatMap((one) => {
    if (one.version === version)
      return [{ ...entry, id: version, detail: 'The compatibility matrix has an entry for it.' }];
    if (one.compatibleWith?.includes(version) !== true) return [];
    return [{ ...entry, id: one.version, detail: `${one.version} is listed as compatible with it.` }];
  });
}
