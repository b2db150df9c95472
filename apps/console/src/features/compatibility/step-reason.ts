import type { Compatibility, UpgradeStep } from '../../api/generated/model/index.ts';
import type { Target } from './upgrade-question.ts';

/** Why a step is in a plan. */
export type StepReason =
  | { readonly kind: 'asked' }
  /** Another service needs this one in `range`, at the version that step `at` (from 0) brings. */
  | {
      readonly kind: 'needed';
      readonly serviceId: string;
      readonly version: string;
      readonly range: string | readonly string[];
      readonly at: number;
    }
  /** The version that is left may not become that of step `at` directly. */
  | { readonly kind: 'onTheWay'; readonly version: string; readonly at: number }
  | { readonly kind: 'other' };

/** @param fits whether a label lies in a SemVer range */
export function reasonOf(
  steps: readonly UpgradeStep[],
  index: number,
  targets: readonly Target[],
  matrix: readonly Compatibility[],
  fits: (range: string, label: string) => boolean,
): StepReason {
  const step = steps[index];
  if (!step) return { kind: 'other' };
  if (targets.some((one) => one.serviceId === step.serviceId && one.version === step.toVersion))
    return { kind: 'asked' };
  const serves = (range: string | readonly string[], label: string) =>
    typeof range === 'string' ? fits(range, label) : range.includes(label);
  for (const [after, later] of steps.slice(index + 1).entries()) {
    const at = index + 1 + after;
    if (later.serviceId === step.serviceId) return { kind: 'onTheWay', version: later.toVersion, at };
    const said = matrix.find((one) => one.serviceId === later.serviceId)?.versions;
    const need = said
      ?.find((one) => one.version === later.toVersion)
      ?.requires.find((one) => one.serviceId === step.serviceId);
    if (!need || !serves(need.range, step.toVersion)) continue;
    if (step.fromVersion !== null && serves(need.range, step.fromVersion)) continue;
    return { kind: 'needed', serviceId: later.serviceId, version: later.toVersion, range: need.range, at };
  }
  return { kind: 'other' };
}
