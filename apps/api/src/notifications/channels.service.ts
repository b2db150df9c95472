import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Channel, ChannelSettings, ChannelTest, operations } from '@grey/contracts';
import { actorOf, ChangesService } from '../changes/changes.service.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { assertMatch } from '../infra/http/etag.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { type AddressGuard, AddressRefused } from '../infra/net/address-guard.ts';
import type { SecretBox } from '../infra/secrets/secret-box.ts';
import { type ChannelRow, type ChannelSecrets, SettingMissing, splitSettings } from './channel-record.ts';
import type { ChannelSender } from './channel-sender.ts';
import { channelState, channelView } from './channel-view.ts';
import { type ChannelDraft, ChannelsStore } from './channels.store.ts';
import { testNotification } from './test-notification.ts';

type Ops = typeof operations;
const MAX_CHANNELS = 100;
/** A name server that takes longer is not waited for. */
const RESOLVE_MS = 3_000;

/** What needs the key of the secrets; undefined without one. */
export interface Sealed {
  readonly box: SecretBox;
  readonly guard: AddressGuard;
  readonly sender: ChannelSender;
}

/** Where notifications go, and which. */
export class ChannelsService {
  readonly #store: ChannelsStore;
  readonly #changes: ChangesService;
  readonly #sealed: Sealed | undefined;

  constructor(store: ChannelsStore, changes: ChangesService, sealed: Sealed | undefined) {
    this.#store = store;
    this.#changes = changes;
    this.#sealed = sealed;
  }

  async list(): Promise<{ items: Channel[] }> {
    return { items: (await this.#store.list()).map(channelView) };
  }

  /** @throws ApiError CHANNEL_UNKNOWN */
  async get({ input }: Called<Ops['getChannel']>): Promise<Channel> {
    return channelView(await this.#find(input.params.channelId as string));
  }

  /** @throws ApiError SECRETS_KEY_MISSING, CHANNEL_LIMIT, VALIDATION_FAILED when a secret is missing or the address is none to call */
  async create({ caller, input, idempotency }: Called<Ops['createChannel']>) {
    const { box, guard } = this.#needSealed();
    const { settings, ...rest } = input.body;
    await assertCallable(guard, settings);
    const id = randomUUID();
    const draft: ChannelDraft = { id, ...rest, ...seal(box, id, settings, {}) };
    const request = { kind: 'channel.created' as const, actor: actorOf(caller), idempotency };
    return this.#changes.commit(request, async (tx, changeKey) => {
      if ((await this.#store.countLocked(tx)) >= MAX_CHANNELS) throw new ApiError('CHANNEL_LIMIT');
      const row = await this.#store.insert(tx, changeKey, draft);
      return { items: [itemOf(undefined, row)], answer: () => channelView(row) };
    });
  }

  /** @throws ApiError CHANNEL_UNKNOWN, PRECONDITION_FAILED, SECRETS_KEY_MISSING, VALIDATION_FAILED */
  async update({ caller, input, ifMatch }: Called<Ops['updateChannel']>) {
    const { settings, ...rest } = input.body;
    if (settings !== undefined) await assertCallable(this.#needSealed().guard, settings);
    return this.#changes.commit({ kind: 'channel.updated', actor: actorOf(caller) }, async (tx) => {
      const before = await this.#store.lock(tx, input.params.channelId as string);
      if (before === undefined) throw new ApiError('CHANNEL_UNKNOWN');
      assertMatch(ifMatch, channelView(before));
      const parts = settings === undefined ? {} : this.#reseal(before, settings);
      const row = await this.#store.update(tx, { ...before, ...withoutUndefined(rest), ...parts });
      return { items: [itemOf(before, row)], answer: () => channelView(row) };
    });
  }

  /** What waits and what is dead goes with it. @throws ApiError CHANNEL_UNKNOWN, PRECONDITION_FAILED */
  async delete({ caller, input, ifMatch }: Called<Ops['deleteChannel']>): Promise<void> {
    await this.#changes.commit({ kind: 'channel.deleted', actor: actorOf(caller) }, async (tx) => {
      const before = await this.#store.lock(tx, input.params.channelId as string);
      if (before === undefined) throw new ApiError('CHANNEL_UNKNOWN');
      assertMatch(ifMatch, channelView(before));
      await this.#store.delete(tx, before.id);
      return { items: [itemOf(before, undefined)], answer: () => undefined };
    });
  }

  /** Sends a message at once and says how it went, also through a channel that is switched off. @throws ApiError CHANNEL_UNKNOWN, SECRETS_KEY_MISSING */
  async test({ caller, input }: Called<Ops['testChannel']>): Promise<ChannelTest> {
    const row = await this.#find(input.params.channelId as string);
    const { sender } = this.#needSealed();
    const startedAt = performance.now();
    const attempt = await sender.send(row, testNotification(caller.name, new Date()));
    return {
      isDelivered: attempt.isDelivered,
      httpStatus: attempt.httpStatus,
      error: attempt.isDelivered ? null : attempt.error,
      answer: attempt.answer ?? null,
      durationMs: Math.round(performance.now() - startedAt),
    };
  }

  async #find(id: string) {
    const row = await this.#store.find(id);
    if (row === undefined) throw new ApiError('CHANNEL_UNKNOWN');
    return row;
  }

  #needSealed(): Sealed {
    if (this.#sealed === undefined) throw new ApiError('SECRETS_KEY_MISSING');
    return this.#sealed;
  }

  /** Secrets that the new settings leave out stay, as long as they go where they went: else whoever may edit could read them. */
  #reseal(before: ChannelRow, settings: ChannelSettings) {
    const { box } = this.#needSealed();
    if (settings.kind !== before.settings.kind) throw invalid('kind', 'stays as it is; make another channel');
    const kept = JSON.parse(box.open(before.id, before.secrets)) as ChannelSecrets;
    return seal(box, before.id, settings, goesElsewhere(before, settings) ? {} : kept);
  }
}

/**
 * Refuses an address that must not be called before anybody relies on it. It is judged again at every delivery; a name that
 * does not resolve now may do so later, so only a plain no counts.
 */
async function assertCallable(guard: AddressGuard, settings: ChannelSettings): Promise<void> {
  try {
    const judging = settings.kind === 'email' ? guard.resolve(settings.host) : judgeUrl(guard, settings.url);
    await Promise.race([judging, setTimeout(RESOLVE_MS, undefined, { ref: false })]);
  } catch (error) {
    if (error instanceof AddressRefused) throw invalid(settings.kind === 'email' ? 'host' : 'url', error.message);
  }
}

async function judgeUrl(guard: AddressGuard, url: string | undefined): Promise<void> {
  if (url !== undefined) await guard.resolveUrl(new URL(url));
}

/** A password must not follow the channel to a server that somebody else runs. */
function goesElsewhere({ settings: before }: ChannelRow, settings: ChannelSettings): boolean {
  if (before.kind !== 'email' || settings.kind !== 'email') return false;
  const isWeaker = settings.security !== before.security && settings.security === 'none';
  return before.host !== settings.host || before.port !== settings.port || isWeaker;
}

function seal(box: SecretBox, id: string, settings: ChannelSettings, kept: ChannelSecrets) {
  try {
    const { open, secrets } = splitSettings(settings, kept);
    return { settings: open, secrets: box.seal(id, JSON.stringify(secrets)) };
  } catch (error) {
    if (error instanceof SettingMissing) throw invalid(error.path, error.message);
    throw error;
  }
}

function invalid(path: string, message: string): ApiError {
  return new ApiError('VALIDATION_FAILED', { errors: [{ path: `body.settings.${path}`, message }] });
}

function withoutUndefined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

function itemOf(before: ChannelRow | undefined, after: ChannelRow | undefined) {
  return {
    entity: 'channel' as const,
    tenantId: null,
    serviceId: null,
    key: (after ?? before)?.id ?? '',
    before: before === undefined ? null : channelState(before),
    after: after === undefined ? null : channelState(after),
  };
}
