import type { Decision } from '@grey/route-core';
import type { ExplainResponse } from '../../api/generated/model/index.ts';

export interface FieldDifference {
  readonly field: string;
  /** As text; an em dash where there is nothing. */
  readonly here: string;
  readonly router: string;
}

/**
 * `equal`: the same answer, instance and all. `instance`: the same but for the instance, which every router takes in its
 * own turn, and the mirror, which is drawn. `different`: something else differs. `isBehind`: they decided at different positions, which may explain it.
 */
export interface Comparison {
  readonly verdict: 'equal' | 'instance' | 'different';
  readonly isBehind: boolean;
  readonly differences: readonly FieldDifference[];
}

type RouterDecision = ExplainResponse['decision'];

const compared = [
  'version',
  'reason',
  'bucket',
  'rule',
  'experiment',
  'lane',
  'holds',
  'fallback',
  'flags',
  'isDegraded',
];
/** Which copy answers depends on where the router's own balancer stands; a mirror is drawn anew each time. */
const byTurn = ['instance', 'mirror'];

/** Compares what the engine decided in the browser with what the router said of the same request. */
export function compareDecisions(here: Decision, router: RouterDecision): Comparison {
  const left = flatten(here);
  const right = 'code' in router ? { code: router.code } : flattenRouted(router);
  const differing = (fields: readonly string[]) =>
    fields
      .map((field) => ({ field, here: print(left[field]), router: print(right[field]) }))
      .filter((one) => one.here !== one.router);
  const differences = differing(['code', ...compared, ...byTurn]);
  const verdict =
    differences.length === 0
      ? 'equal'
      : differences.every(({ field }) => byTurn.includes(field))
        ? 'instance'
        : 'different';
  const isBehind = !('code' in router) && (router.epoch !== here.epoch || router.revision !== here.revision);
  return { verdict, isBehind, differences };
}

function flatten(decision: Decision): Record<string, unknown> {
  if (!decision.ok) return { code: decision.code };
  return { ...decision, instance: decision.instance.address, mirror: decision.mirror?.version ?? null };
}

function flattenRouted(decision: Exclude<RouterDecision, { code: unknown }>): Record<string, unknown> {
  return { ...decision, mirror: decision.mirror?.version ?? null };
}

/** Objects with their names in order, so that equal ones print equally. */
function print(value: unknown): string {
  if (value === undefined || value === null) return '—';
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return value.length === 0 ? '—' : value.map(print).join(', ');
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, one]) => `${name} ${print(one)}`)
    .join(' · ');
}
