import { z } from 'zod';
import type { AddressGuard } from '../../infra/net/address-guard.ts';
import { CLOUD_EVENT_TYPE } from '../../notifications/cloud-event.ts';
import { postWebhook } from '../../notifications/post-webhook.ts';
import type { UpgradeRow } from '../upgrade-row.ts';
import type { HookState } from './judge-soak.ts';
import type { SoakRow } from './soaks.store.ts';

/** How long one question may take, in milliseconds. */
const ASK_MS = 5_000;
const DETAIL_LENGTH = 200;

const answerSchema = z.object({ verdict: z.enum(['pass', 'wait', 'fail']), detail: z.string().optional() });

/** Asks somebody else's metrics whether a new version does well. */
export class SoakHook {
  readonly #guard: AddressGuard;

  constructor(guard: AddressGuard) {
    this.#guard = guard;
  }

  /** Never throws: what cannot be read counts as silence since the first time that it was so. @param now of the database */
  async ask(upgrade: UpgradeRow, url: string, soak: SoakRow, before: HookState | null): Promise<HookState> {
    const askedAt = soak.now.toISOString();
    const body = JSON.stringify(questionOf(upgrade, soak));
    try {
      const headers = { 'content-type': CLOUD_EVENT_TYPE, accept: 'application/json' };
      const answer = await postWebhook(this.#guard, { url, body, headers, timeoutMs: ASK_MS });
      if (answer.status < 200 || answer.status > 299) throw new Error(`status ${answer.status}`);
      const { verdict, detail = null } = answerSchema.parse(JSON.parse(answer.body));
      return { askedAt, verdict, detail: detail?.slice(0, DETAIL_LENGTH) ?? null, silentSince: null };
    } catch (error) {
      const why =
        error instanceof SyntaxError || error instanceof z.ZodError ? 'no verdict in the answer' : reasonOf(error);
      // An earlier pass is not one for now.
      return { askedAt, verdict: null, detail: why, silentSince: before?.silentSince ?? askedAt };
    }
  }
}

/** A CloudEvent 1.0; `id` is another at each question. */
function questionOf(upgrade: UpgradeRow, { startedAt, now, decisionCount, failedCount }: SoakRow): object {
  const { id, tenantId, serviceId, fromVersion, toVersion, schemaTo, batchId, wave, options } = upgrade;
  return {
    specversion: '1.0',
    id: `${id}-${now.getTime()}`,
    source: '/grey-router/upgrades',
    type: 'grey.router.upgrade.soaking',
    subject: `tenants/${tenantId}/services/${serviceId}`,
    time: now.toISOString(),
    datacontenttype: 'application/json',
    data: {
      upgradeId: id,
      tenantId,
      serviceId,
      fromVersion,
      toVersion,
      schemaTo,
      batchId,
      wave,
      soakStartedAt: startedAt.toISOString(),
      soakUntil: new Date(startedAt.getTime() + options.soakSeconds * 1_000).toISOString(),
      decisionCount,
      failedCount,
    },
  };
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, DETAIL_LENGTH);
}
