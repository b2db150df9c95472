import { CliError } from '../cli-error.ts';
import { type ApplyStep, phases } from './apply-step.ts';
import type { Difference } from './diff-configs.ts';
import { keyOf, type LiveRules } from './read-live.ts';
import { matching, pickChanged } from './service-steps.ts';

const NO_DRAFT = '"0"';

/** Saves the draft and publishes it, unless somebody has published since the plan was made. */
export function rulesStep({ names, file }: Difference, live: LiveRules | undefined): ApplyStep {
  const [serviceId] = names as [string];
  const params = { serviceId };
  return {
    phase: phases.publishRules,
    title: `publish rules of ${serviceId}`,
    async run({ client, reason, override }) {
      const ruleSet = file ?? { normalizePath: false, rules: [] };
      // A draft that somebody saved is only there when its loss was agreed to.
      const guard = live?.draftBy == null ? { ifMatch: NO_DRAFT } : {};
      const { body: draft } = await client.call('saveRuleDraft', { params, body: ruleSet as never, ...guard });
      try {
        if (draft.basedOn !== (live?.number ?? null)) {
          throw new CliError('REFUSED', `Set ${draft.basedOn} of the rules was published since the plan was made.`);
        }
        const body = { reason, ...(override === undefined ? {} : { override }) };
        const { body: made } = await client.call('publishRuleDraft', { params, body, ifMatch: draft.etag });
        return `set ${made.number}`;
      } catch (error) {
        if (!(error instanceof CliError) || error.exit === 'UNREACHABLE') throw error;
        await client.call('deleteRuleDraft', { params });
        throw error;
      }
    },
  };
}

export function laneStep({ names, action, file }: Difference): ApplyStep {
  const [tag] = names as [string];
  if (action === 'remove') {
    return {
      phase: phases.deleteLane,
      title: `delete lane ${tag}`,
      async run({ client, etags, override }) {
        const query = { overrideReason: override?.reason };
        await client.call('deleteLane', { params: { tag }, query, ...matching(etags, keyOf('lane', tag)) });
        return undefined;
      },
    };
  }
  const { tag: _tag, ...fields } = file as { tag: string };
  return {
    phase: phases.putLane,
    title: `${action === 'create' ? 'create' : 'change'} lane ${tag}`,
    async run({ client, etags, reason, override }) {
      const body = { ...fields, reason, override } as never;
      await client.call('putLane', { params: { tag }, body, ...matching(etags, keyOf('lane', tag)) });
      return undefined;
    },
  };
}

/** What an experiment counts by is fixed: changing it would deal its units anew under the same name. */
const fixedFields = ['unit', 'whenMissing', 'salt', 'hashing'];

/** @returns the step, or why there can be none */
export function experimentStep({ names, action, values, file }: Difference): ApplyStep | string {
  const [serviceId, experimentId] = names as [string, string];
  const title = `experiment ${serviceId} ${experimentId}`;
  const params = { serviceId, experimentId };
  const key = keyOf('experiment', serviceId, experimentId);
  if (action === 'remove') {
    return {
      phase: phases.deleteExperiment,
      title: `delete ${title}`,
      async run({ client, etags, override }) {
        const query = { overrideReason: override?.reason };
        await client.call('deleteExperiment', { params, query, ...matching(etags, key) });
        return undefined;
      },
    };
  }
  if (action === 'create') {
    return {
      phase: phases.putExperiment,
      title: `create ${title}`,
      async run({ client, reason, override }) {
        const body = { ...(file as object), reason, override } as never;
        await client.call('createExperiment', { params: { serviceId }, body });
        return undefined;
      },
    };
  }
  const fields = pickChanged(file as object, values);
  const fixed = Object.keys(fields).filter((field) => fixedFields.includes(field));
  if (fixed.length > 0) return `${title}: ${fixed.join(', ')} cannot change; give the experiment another id`;
  return {
    phase: phases.putExperiment,
    title: `change ${title}: ${Object.keys(fields).join(', ')}`,
    async run({ client, etags, reason, override }) {
      const body = { ...fields, reason, override } as never;
      await client.call('updateExperiment', { params, body, ...matching(etags, key) });
      return undefined;
    },
  };
}
