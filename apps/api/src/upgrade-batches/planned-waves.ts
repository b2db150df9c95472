import { createHash } from 'node:crypto';
import type { HoldRecord } from '@grey/route-core';
import type { VersionMove } from '../guards/version-guards.ts';
import { followRecords } from '../holds/follow-records.ts';
import type { TenantOfBatch } from './batch-members.store.ts';
import { failuresAllowed } from './failure-budget.ts';
import type { PlanInput } from './plan-input.ts';
import type { Candidate } from './select-waves.ts';
import type { WaveDraft } from './upgrade-batches.store.ts';

export function candidateOf({ tenantId, tier, region, tags, ring, byteCount }: TenantOfBatch): Candidate {
  return { tenantId, tier, region, tags, ring, byteCount };
}

/** @param versions of each tenant the one that it is on */
export function waveOf(
  input: PlanInput,
  at: number,
  members: readonly Candidate[],
  versions: ReadonlyMap<string, string | null>,
): WaveDraft {
  const { name, select, soakSeconds } = input.waves[at] as PlanInput['waves'][number];
  return {
    number: at + 1,
    name: name ?? nameOf(select),
    tenantIds: members.map(({ tenantId }) => tenantId),
    fromVersions: members.map(({ tenantId }) => versions.get(tenantId) ?? null),
    failureBudget: failuresAllowed(input.failureBudget, members.length),
    soakSeconds,
  };
}

function nameOf(select: PlanInput['waves'][number]['select']): string {
  switch (select.kind) {
    case 'tenants':
      return 'tenants';
    case 'tag':
      return `tag ${select.tag}`;
    case 'ring':
      return `ring ${select.ring}`;
    case 'percent':
      return `${select.percent} %`;
    case 'rest':
      return 'rest';
  }
}

export function countBy(members: readonly Candidate[], of: (one: Candidate) => string | null): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const one of members) {
    const key = of(one) ?? '–';
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

/**
 * What a plan stands and falls with: who is in which wave, from where. Not in which order they begin: that may hang on the size
 * of their data, which is measured anew all the time.
 */
export function digestOf(
  waves: readonly (readonly Pick<Candidate, 'tenantId'>[])[],
  tenants: ReadonlyMap<string, Pick<TenantOfBatch, 'version' | 'schemaVersion' | 'expandedTo'>>,
): string {
  const hash = createHash('sha256');
  for (const [at, members] of waves.entries())
    for (const tenantId of members.map((one) => one.tenantId).sort()) {
      const { version, schemaVersion, expandedTo } = tenants.get(tenantId) ?? {};
      hash.update(`${at} ${tenantId} ${version} ${schemaVersion} ${expandedTo}\n`);
    }
  return hash.digest('base64url');
}

/** What is asked of guards. Of a schema that is changed alone nobody is moved. */
export function movesTo(
  { kind, serviceId, toVersion }: Pick<PlanInput, 'kind' | 'serviceId' | 'toVersion'>,
  tenants: readonly Pick<TenantOfBatch, 'tenantId' | 'version'>[],
): VersionMove[] {
  return tenants.map(({ tenantId, version }) => {
    const fromVersion = kind === 'schema' && version === toVersion ? null : version;
    return { tenantId, serviceId, fromVersion, toVersion };
  });
}

/** Where holds lead a tenant that is assigned the target. */
export function landingOf(holds: readonly HoldRecord[], toVersion: string, { tenantId, tags }: TenantOfBatch): string {
  if (holds.length === 0) return toVersion;
  return followRecords(holds, toVersion, { id: tenantId, tags }).at(-1) ?? toVersion;
}
