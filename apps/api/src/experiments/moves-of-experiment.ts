import type { Condition } from '@grey/route-core';
import { tenantsOf } from '../guards/tenants-of.ts';
import type { VersionMove } from '../guards/version-guard.ts';
import { canonicalJson } from '../infra/http/canonical-json.ts';
import type { ExperimentFields } from './experiment-record.ts';

type Split = Pick<ExperimentFields, 'isRunning' | 'variants' | 'when' | 'group' | 'startAt' | 'endAt'>;

/**
 * What an experiment that runs may do to everybody, or to the tenants that its condition names: it leads to its variants, and
 * whoever was in one before, or is to be for another time, leaves it. One that ran just so before moves nobody anew.
 *
 * @param before undefined: there was none @param after undefined: it is deleted
 */
export function movesOfExperiment(
  serviceId: string,
  before: Split | undefined,
  after: Split | undefined,
): VersionMove[] {
  const was = before?.isRunning === true ? before : undefined;
  const will = after?.isRunning === true ? after : undefined;
  const versions = new Set((will?.variants ?? []).filter(({ weight }) => weight > 0).map(({ version }) => version));
  const isSplitSame = was !== undefined && will !== undefined && textOf(was) === textOf(will);
  const entering = will === undefined || isSplitSame ? [] : tenantsIn(will);
  const leaving = was === undefined || (isSplitSame && timesOf(was) === timesOf(will)) ? [] : tenantsIn(was);
  return [
    ...entering.flatMap((tenantId) =>
      [...versions].map((toVersion) => ({ tenantId, serviceId, fromVersion: null, toVersion })),
    ),
    ...leaving
      .filter((tenantId) => !entering.includes(tenantId) && !entering.includes(null))
      .map((tenantId) => ({ tenantId, serviceId, fromVersion: null, toVersion: null })),
  ];
}

function tenantsIn({ when }: Split): readonly (string | null)[] {
  return tenantsOf((when as Condition | null) ?? undefined) ?? [null];
}

function timesOf({ startAt, endAt }: Split): string {
  return canonicalJson({ startAt, endAt });
}

function textOf({ isRunning, variants, when, group }: Split): string {
  return canonicalJson({ isRunning, variants, when, group });
}
