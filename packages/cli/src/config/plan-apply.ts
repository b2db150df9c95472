import type { ApplyStep } from './apply-step.ts';
import { assignmentSteps, type Cell, cellsOf } from './assignment-steps.ts';
import type { Difference } from './diff-configs.ts';
import { channelStep, compatibilityStep, freezeStep } from './guard-steps.ts';
import type { Live } from './read-live.ts';
import { experimentStep, laneStep, rulesStep } from './routing-steps.ts';
import { flagsStep, serviceSteps, versionSteps } from './service-steps.ts';

export interface ApplyPlan {
  /** In the order in which they are taken. */
  readonly steps: readonly ApplyStep[];
  /** What the file asks for and cannot be had; nothing is done while there is any. */
  readonly blocked: readonly string[];
  /** What is live, not in the file, and stays. */
  readonly left: readonly Difference[];
  /** Assignments that move, to be asked about beforehand. */
  readonly cells: readonly Cell[];
}

export interface ApplyWishes {
  /** Delete experiments, lanes and assignments that are not in the file. */
  readonly isPruning: boolean;
  readonly mayDiscardDrafts: boolean;
}

/** What is done to make the live configuration what the file says. Pure. */
export function planApply(differences: readonly Difference[], live: Live, wishes: ApplyWishes): ApplyPlan {
  const steps: ApplyStep[] = [];
  const blocked: string[] = [];
  const left: Difference[] = [];
  const assignments: Difference[] = [];
  const take = (found: ApplyStep | string) => (typeof found === 'string' ? blocked.push(found) : steps.push(found));
  for (const difference of differences) {
    if (staysLive(difference, wishes)) left.push(difference);
    else if (difference.kind === 'assignment') assignments.push(difference);
    else for (const found of stepsOf(difference, live, wishes)) take(found);
  }
  const cells = cellsOf(assignments);
  steps.push(...assignmentSteps(cells));
  steps.sort((x, y) => x.phase - y.phase);
  return { steps, blocked, left, cells };
}

/** Flags and rules that a file leaves empty are asked for; the rest may simply be of no concern to it. */
function staysLive({ kind, action, file }: Difference, { isPruning }: ApplyWishes): boolean {
  if (action !== 'remove' || kind === 'flags' || kind === 'rules' || kind === 'compatibility' || file === null)
    return false;
  return !isPruning || kind === 'service' || kind === 'version' || kind === 'channel';
}

function stepsOf(difference: Difference, live: Live, { mayDiscardDrafts }: ApplyWishes): (ApplyStep | string)[] {
  const [serviceId] = difference.names as [string];
  switch (difference.kind) {
    case 'service':
      return serviceSteps(difference);
    case 'version': {
      const isMoved = difference.action === 'change' && difference.values.some(({ path }) => path === 'ordinal');
      if (isMoved) return [`version ${difference.names.join(' ')}: the ordinal of a version cannot change`];
      return versionSteps(difference);
    }
    case 'flags':
      return [flagsStep(difference)];
    case 'compatibility':
      return [compatibilityStep(difference)];
    case 'freeze':
      return [freezeStep(difference, live)];
    case 'channel':
      return [channelStep(difference, live)];
    case 'lane':
      return [laneStep(difference)];
    case 'experiment':
      return [experimentStep(difference)];
    default: {
      const rules = live.rules.get(serviceId);
      if (rules?.draftBy == null || mayDiscardDrafts) return [rulesStep(difference, rules)];
      return [`rules of ${serviceId}: ${rules.draftBy} has a draft; --discard-drafts throws it away`];
    }
  }
}
