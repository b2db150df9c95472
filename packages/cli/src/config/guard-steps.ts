import { type ApplyStep, phases } from './apply-step.ts';
import type { ConfigChannel, ConfigFreeze } from './config.schema.ts';
import type { Difference } from './diff-configs.ts';
import { keyOf, type Live } from './read-live.ts';
import { matching, pickChanged } from './service-steps.ts';

/** Which versions fit which, of one service, replaced whole. */
export function compatibilityStep({ names, file }: Difference): ApplyStep {
  const [serviceId] = names as [string];
  return {
    phase: phases.putCompatibility,
    title: `set compatibility of ${serviceId}`,
    async run({ client, etags, reason }) {
      const body = { versions: (file ?? []) as never, reason };
      await client.call('putCompatibility', {
        params: { serviceId },
        body,
        ...matching(etags, keyOf('compatibility', serviceId)),
      });
      return undefined;
    },
  };
}

/** A freeze has its own reason, which the log keeps with it. */
export function freezeStep({ names, action, values, file }: Difference, live: Live): ApplyStep {
  const [name] = names as [string];
  const key = keyOf('freeze', name);
  const freezeId = live.ids?.get(key) ?? '';
  const title = `${action === 'create' ? 'create' : action === 'remove' ? 'delete' : 'change'} freeze ${name}`;
  return {
    phase: phases.putFreeze,
    title,
    async run({ client, etags, reason }) {
      if (action === 'create') await client.call('createFreeze', { body: file as ConfigFreeze });
      else if (action === 'remove')
        await client.call('deleteFreeze', { params: { freezeId }, query: { reason }, ...matching(etags, key) });
      else {
        const body = pickChanged(file as ConfigFreeze, values) as never;
        await client.call('updateFreeze', { params: { freezeId }, body, ...matching(etags, key) });
      }
      return undefined;
    },
  };
}

/** @returns the step, or why there can be none: where a channel leads is a secret, and in no file */
export function channelStep({ names, action, values, file }: Difference, live: Live): ApplyStep | string {
  const [name] = names as [string];
  if (action === 'create') return `channel ${name}: its address is a secret and in no file; make it in the console`;
  const key = keyOf('channel', name);
  const channelId = live.ids?.get(key) ?? '';
  const { settings, ...fields } = pickChanged(file as ConfigChannel, values);
  if (settings !== undefined) return `channel ${name}: where it leads, and how, is changed in the console`;
  return {
    phase: phases.putChannel,
    title: `change channel ${name}: ${Object.keys(fields).join(', ')}`,
    async run({ client, etags }) {
      await client.call('updateChannel', { params: { channelId }, body: fields as never, ...matching(etags, key) });
      return undefined;
    },
  };
}
