import type { RuleSetInput } from '@grey/contracts';
import type { ExperimentRecord, LaneRecord, RuleRecord, RuleSetRecord } from '@grey/route-core';

/** What of routing may name a version of a service. */
export interface RoutingOfService {
  readonly ruleSet: RuleSetRecord | undefined;
  readonly experiments: readonly ExperimentRecord[];
  readonly lanes: readonly LaneRecord[];
  readonly fallbackVersion: string | null;
  /** Those in force. */
  readonly holds: readonly { readonly id: string; readonly toVersion: string }[];
}

/** Something that names a version, in the words of the API. */
export type VersionReference =
  | { readonly kind: 'rule'; readonly serviceId: string; readonly ruleId: string; readonly as: RuleUse }
  | { readonly kind: 'experiment'; readonly serviceId: string; readonly experimentId: string; readonly variant: string }
  | { readonly kind: 'lane'; readonly tag: string; readonly serviceId: string }
  | { readonly kind: 'fallback'; readonly serviceId: string }
  | { readonly kind: 'hold'; readonly serviceId: string; readonly holdId: string };
type RuleUse = 'target' | 'fallback' | 'mirror';

/** Everything in the live rules, the experiments, the lanes, the fallback and the holds of a service that leads to the version. */
export function findReferences(serviceId: string, version: string, routing: RoutingOfService): VersionReference[] {
  const rules = routing.ruleSet?.rules ?? [];
  return [
    ...(routing.fallbackVersion === version ? [{ kind: 'fallback', serviceId } as const] : []),
    ...rules.flatMap((rule) =>
      usesOf(rule, version).map((as) => ({ kind: 'rule', serviceId, ruleId: rule.id, as }) as const),
    ),
    ...routing.experiments.flatMap(({ id, variants }) =>
      variants
        .filter((variant) => variant.version === version)
        .map(({ name }) => ({ kind: 'experiment', serviceId, experimentId: id, variant: name }) as const),
    ),
    ...routing.lanes
      .filter(({ versions }) => versions.some((one) => one.serviceId === serviceId && one.version === version))
      .map(({ tag }) => ({ kind: 'lane', tag, serviceId }) as const),
    ...routing.holds
      .filter(({ toVersion }) => toVersion === version)
      .map(({ id }) => ({ kind: 'hold', serviceId, holdId: id }) as const),
  ];
}

/** How a rule, live or written down, uses a version. */
export function usesOf(rule: RuleRecord | RuleSetInput['rules'][number], version: string): RuleUse[] {
  const uses: RuleUse[] = [];
  const { target, fallback, mirror } = rule;
  if (target.kind === 'version' && target.version === version) uses.push('target');
  if (target.kind === 'split') {
    const { shares } = 'split' in target ? target.split : target;
    if (shares.some((share) => share.version === version)) uses.push('target');
  }
  if (fallback?.version === version) uses.push('fallback');
  if (mirror?.version === version) uses.push('mirror');
  return uses;
}
