import { randomUUID } from 'node:crypto';
import { changeFormat, changesChannel, redisKeys } from '@grey/contracts';
import type { Snapshot } from '@grey/route-core';
import { opsOfHolds, projectAllHolds } from './hold-ops.ts';
import { mergeOps } from './merge-ops.ts';
import { extendSystemTenants, opsOfTenant, type ProjectionOp, projectTenant } from './projection-ops.ts';
import type { ProjectionWriter, RebuildLock } from './projection-writer.ts';
import { formatPosition, type PropagationLogger, type PublicationSource, type TenantProfile } from './publication.ts';
import { beginRebuildScript, finishRebuildScript, releaseLockScript, renewLockScript } from './rebuild-scripts.ts';
import type { RedisLink } from './redis-link.ts';
import { scanHeldServices, scanTenants } from './scan-keys.ts';
import { imageFields } from './snapshot-image.ts';

/** `done`; `busy`: another replica is at it; `unneeded`: it was when we looked again; `lost`: our lock ran out. */
export type RebuildOutcome = 'done' | 'busy' | 'unneeded' | 'lost';

/** Where a rebuild stands. Tests stop it there. */
export type RebuildStep = 'locked' | 'loaded' | 'writing' | 'written';

export interface RebuilderOptions {
  readonly link: Pick<RedisLink, 'run' | 'isCluster'>;
  readonly source: Pick<PublicationSource, 'loadAll'>;
  readonly writer: ProjectionWriter;
  readonly logger: PropagationLogger;
  /** Life of the lock, renewed three times as often. Default 10 000 ms. */
  readonly lockMs?: number;
  readonly onStep?: (step: RebuildStep) => Promise<void> | void;
}

/** Tenants whose commands are made at a time. */
const TENANTS_AT_ONCE = 1_000;

/**
 * Fills a Redis that is empty, of an older epoch or too far behind, from the log's state. One replica at a time: a lock with
 * a token, which every write checks, so that a holder that slept beyond its lock writes nothing any more.
 */
export class Rebuilder {
  readonly #options: RebuilderOptions;
  readonly #lockMs: number;

  constructor(options: RebuilderOptions) {
    this.#options = options;
    this.#lockMs = options.lockMs ?? 10_000;
  }

  /**
   * @param isNeeded asked again under the lock, as another replica may just have finished
   * @throws RedisError, and what the source throws
   */
  async rebuild(isNeeded: () => Promise<boolean>): Promise<RebuildOutcome> {
    const lock: RebuildLock = { token: randomUUID(), lifeMs: this.#lockMs };
    const { link } = this.#options;
    const taken = await link.run((client) =>
      client.set(redisKeys.rebuildLock, lock.token, 'PX', lock.lifeMs, 'NX').then(
        // Sent twice after a lost answer, the second finds our own token.
        async (answer) => answer === 'OK' || (await client.get(redisKeys.rebuildLock)) === lock.token,
      ),
    );
    if (!taken) return 'busy';
    const renewal = setInterval(
      () => void this.#withLock(renewLockScript, lock, lock.lifeMs).catch(() => 0),
      lock.lifeMs / 3,
    );
    try {
      await this.#step('locked');
      if (!(await isNeeded())) return 'unneeded';
      return (await this.#write(lock)) ? 'done' : 'lost';
    } finally {
      clearInterval(renewal);
      await this.#withLock(releaseLockScript, lock).catch(() => 0);
    }
  }

  async #write(lock: RebuildLock): Promise<boolean> {
    const { link, source, writer, logger } = this.#options;
    const startedAt = performance.now();
    const { rebuildLock, position } = redisKeys;
    const begun = await link.run((client) => client.eval(beginRebuildScript, 2, rebuildLock, position, lock.token));
    if (begun !== 1) return false;
    const { snapshot, tenants } = await source.loadAll();
    await this.#step('loaded');
    const profiles = new Map<string, TenantProfile>();
    for (const profile of tenants) profiles.set(profile.id, profile);
    const present = await link.run(scanTenants);
    const gone = [...present].filter((id) => !profiles.has(id));
    for (const ids of slices([...profiles.keys(), ...gone], TENANTS_AT_ONCE)) {
      await this.#step('writing');
      const ops = ids.flatMap((id) => tenantOps(snapshot, id, profiles.get(id), present.has(id)));
      if (!(await writer.writeRebuild(lock, [...mergeOps(ops), extendSystemTenants], ids))) return false;
    }
    const holds = projectAllHolds(snapshot);
    const held = new Set([...holds.keys(), ...(await link.run(scanHeldServices))]);
    if (!(await writer.writeRebuild(lock, opsOfHolds(holds, held), []))) return false;
    await this.#step('written');
    if (!(await this.#finish(lock, snapshot))) return false;
    const took = Math.round(performance.now() - startedAt);
    logger.info(`Redis rebuilt at ${formatPosition(snapshot.position)}: ${profiles.size} tenants in ${took} ms`);
    return true;
  }

  async #finish(lock: RebuildLock, snapshot: Snapshot): Promise<boolean> {
    const { rebuildLock, position, changes, image } = redisKeys;
    const keys = [rebuildLock, position, changes, image];
    const args = [lock.token, changeFormat, changesChannel, ...imageFields(snapshot)];
    return (await this.#options.link.run((client) => client.eval(finishRebuildScript, 4, ...keys, ...args))) === 1;
  }

  #withLock(script: string, lock: RebuildLock, ...args: number[]): Promise<unknown> {
    return this.#options.link.run((client) => client.eval(script, 1, redisKeys.rebuildLock, lock.token, ...args));
  }

  async #step(step: RebuildStep): Promise<void> {
    await this.#options.onStep?.(step);
  }
}

/** In a Redis that holds nothing of the tenant there is nothing to remove first. */
function tenantOps(
  snapshot: Snapshot,
  id: string,
  profile: TenantProfile | undefined,
  isPresent: boolean,
): ProjectionOp[] {
  const ops = opsOfTenant(id, projectTenant(snapshot, id, profile));
  return isPresent ? ops : ops.filter(({ command }) => command !== 'DEL' && command !== 'SREM');
}

function* slices<T>(list: readonly T[], size: number): Iterable<readonly T[]> {
  for (let from = 0; from < list.length; from += size) yield list.slice(from, from + size);
}
