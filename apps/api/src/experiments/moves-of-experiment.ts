import type { Condition } from '@grey/route-core';
import { tenantsOf } from '../guards/tenants-of.ts';
import type { VersionMove } from '../guards/version-guard.ts';
import { canonicalJson } from '../infra/http/canonical-json.ts';
import type { ExperimentFields } from './experiment-record.ts';

type Split = Pick<ExperimentFields, 'isRunning' | 'variants' | 'when' | 'group'>;

/**
 * What an experiment that runs may do to everybody, or to the tenants that its condition names. One that ran just so before
 * moves nobody anew.
 */
export function movesOfExperiment(serviceId: string, before: Split | undefined, after: Split): VersionMove[] {
  if (!after.isRunning || (before !== undefined && textOf(before) === textOf(after))) return [];
  const versions = new Set(after.variants.filter(({ weight }) => weight > 0).map(({ version }) => version));
  const tenantIds = tenantsOf((after.when as Condition | null) ?? undefined) ?? [null];
  return tenantIds.flatMap((tenantId) =>
    [...versions].map((toVersion) => ({ tenantId, serviceId, fromVersion: null, toVersion })),
  );
}

function textOf({ isRunning, variants, when, group }: Split): string {
  return canonicalJson({ isRunning, variants, when, group });
}
