import type { KeyRotation, operations } from '@grey/contracts';
import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { actorOf, type ChangesService } from '../changes/changes.service.ts';
import type { AdvisoryLock } from '../infra/db/advisory-lock.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { LockedJob } from '../infra/jobs/locked-job.ts';
import type { ConfigProjection } from './config-projection.ts';
import type { KeyRotationStore } from './key-rotation.store.ts';
import type { TenantKeyRow } from './tenant-keys.store.ts';
import type { TenantVault } from './tenant-vault.ts';

/** Keys wrapped in one transaction. */
const PORTION = 100;
/** How soon another replica goes on with what one left undone. */
const LOOK_MS = 5_000;
/** A replica that does not have the new key yet may go on using the old one behind the round. */
const ROUNDS = 3;

/**
 * Wraps the keys of all tenants with the master key that writes. What is left to do is what the rows say, so a round that
 * was cut goes on where it stood, on whichever replica. Credentials themselves are not touched.
 */
export class KeyRotationService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #store: KeyRotationStore;
  readonly #changes: ChangesService;
  readonly #vault: TenantVault;
  readonly #projection: Pick<ConfigProjection, 'refresh'>;
  readonly #hasKeys: boolean;
  readonly #logger = new Logger('keys');
  readonly #job: LockedJob;

  constructor(
    store: KeyRotationStore,
    changes: ChangesService,
    vault: TenantVault,
    lock: AdvisoryLock,
    projection: Pick<ConfigProjection, 'refresh'>,
    hasKeys: boolean,
  ) {
    this.#store = store;
    this.#changes = changes;
    this.#vault = vault;
    this.#projection = projection;
    this.#hasKeys = hasKeys;
    this.#job = new LockedJob({
      lock,
      name: 'key rotation',
      everyMs: LOOK_MS,
      isNeeded: async () => (await store.findOpen(vault.keys.activeId)) !== undefined,
      work: (ended) => this.#work(ended),
      // The database or its lock is away: the next look goes on.
      onFailed: (error) => this.#logger.warn({ err: error, msg: 'the rotation of the master key waits' }),
    });
  }

  onApplicationBootstrap(): void {
    if (this.#hasKeys) this.#job.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.#job.stop();
  }

  /** @throws ApiError MASTER_KEY_MISSING */
  async get(): Promise<KeyRotation> {
    const { keys } = this.#vault;
    return this.#store.consistentRead((tx) => this.#read(tx, keys.activeId, keys.ids));
  }

  /** Begins a round, unless there is nothing to wrap or one is under way. @throws ApiError MASTER_KEY_MISSING */
  async start({ caller }: Called<Ops['rotateDataSourceKeys']>) {
    const { keys } = this.#vault;
    this.#refresh();
    const keyId = keys.activeId;
    const answer = await this.#changes.commit({ kind: 'master_key.rotated', actor: actorOf(caller) }, async (tx) => {
      const last = await this.#store.findLast(tx);
      const counts = await this.#store.countByKey(tx);
      const others = counts.filter((one) => one.keyId !== keyId);
      const totalCount = others.reduce((sum, one) => sum + one.tenantCount, 0);
      const isOn = last?.endedAt === null && last.keyId === keyId;
      if (!isOn) await this.#store.begin(tx, keyId, totalCount);
      const status = await this.#read(tx, keyId, keys.ids);
      const after = { tenantCount: totalCount, from: others.map((one) => one.keyId) };
      const item = { entity: 'master_key', tenantId: null, serviceId: null, key: keyId, before: null, after } as const;
      return { items: isOn || totalCount === 0 ? [] : [item], answer: () => status };
    });
    this.wake();
    return answer;
  }

  /** Goes on with the round that is under way, if there is one and nobody is at it. */
  wake(): void {
    this.#job.nudge();
  }

  async #work(ended: AbortSignal): Promise<void> {
    const keyId = this.#vault.keys.activeId;
    const id = await this.#store.findOpen(keyId);
    if (id === undefined) return;
    for (let round = 1; ; round += 1) {
      const { wrapped, failed } = await this.#round(keyId, ended);
      if (ended.aborted) return;
      if (wrapped > 0 && round < ROUNDS) continue;
      await this.#store.end(id, failed, failed === 0 ? null : faultOf(failed));
      this.#logger.log(`the rotation to the master key ${keyId} has ended; ${failed} keys could not be opened`);
      return;
    }
  }

  async #round(keyId: string, ended: AbortSignal): Promise<{ wrapped: number; failed: number }> {
    let after = '';
    let wrapped = 0;
    let failed = 0;
    while (!ended.aborted) {
      const done = await this.#store.wrapPortion(keyId, after, PORTION, (row) => this.#rewrap(row));
      this.#projection.refresh(done.wrapped);
      wrapped += done.wrapped.length;
      failed += done.seen.length - done.wrapped.length;
      if (done.seen.length < PORTION) break;
      after = done.seen.at(-1) as string;
    }
    return { wrapped, failed };
  }

  #rewrap(row: TenantKeyRow): TenantKeyRow | undefined {
    try {
      const dataKey = this.#vault.unwrap(row);
      return { tenantId: row.tenantId, ...this.#vault.keys.wrap(row.tenantId, dataKey) };
    } catch (error) {
      if (error instanceof ApiError) return undefined;
      throw error;
    }
  }

  #refresh(): void {
    try {
      this.#vault.keys.refresh();
    } catch (error) {
      // What it says is of the form of an entry only; no key is in it.
      this.#logger.warn({ err: error, msg: 'GREY_MASTER_KEY_FILE cannot be read; the keys stay as they were' });
    }
  }

  async #read(tx: Transaction, activeKeyId: string, ids: readonly string[]): Promise<KeyRotation> {
    const counts = new Map((await this.#store.countByKey(tx)).map((one) => [one.keyId, one.tenantCount]));
    const last = await this.#store.findLast(tx);
    const left = [...counts].reduce((sum, [keyId, count]) => (keyId === last?.keyId ? sum : sum + count), 0);
    const totalCount = last?.totalCount ?? 0;
    return {
      activeKeyId,
      keys: [...new Set([...ids, ...counts.keys()])].map((keyId) => ({
        keyId,
        tenantCount: counts.get(keyId) ?? 0,
        isConfigured: ids.includes(keyId),
        isActive: keyId === activeKeyId,
      })),
      state: last === undefined ? 'idle' : last.endedAt === null ? 'running' : last.error === null ? 'done' : 'failed',
      doneCount:
        last !== undefined && last.endedAt !== null && last.error === null
          ? totalCount
          : Math.max(0, totalCount - left),
      totalCount,
      startedAt: last?.startedAt.toISOString() ?? null,
      endedAt: last?.endedAt?.toISOString() ?? null,
      error: last?.error ?? null,
    };
  }
}

type Ops = typeof operations;

function faultOf(count: number): string {
  return `The keys of ${count} tenants are wrapped by a master key that is not configured; add it, behind the others, and rotate again.`;
}
