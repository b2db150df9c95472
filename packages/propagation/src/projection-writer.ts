import { redisKeys } from '@grey/contracts';
import type { Position } from '@grey/route-core';
import { packOps } from './pack-ops.ts';
import { opsOfChange, type ProjectionOp, tenantsOfChange } from './projection-ops.ts';
import { projectScript, rebuildPartScript, repairScript } from './projection-scripts.ts';
import type { PublishedChange } from './publication.ts';
import type { RedisLink } from './redis-link.ts';
import { runOps } from './run-ops.ts';

/** Writes the projection, each write on a condition that keeps a late one from undoing a newer one. */
export interface ProjectionWriter {
  /** Writes the change if the projection stands right before it. @returns false when it stands elsewhere */
  writeChange(change: PublishedChange): Promise<boolean>;
  /** Corrects tenants while the projection stands still at `at`. @returns false when it does not */
  repair(at: Position, ops: readonly ProjectionOp[], tenantIds: readonly string[]): Promise<boolean>;
  /** Writes part of a rebuild while the lock holds `token`, and renews it. @returns false when the lock was lost */
  writeRebuild(lock: RebuildLock, ops: readonly ProjectionOp[], tenantIds: readonly string[]): Promise<boolean>;
}

export interface RebuildLock {
  readonly token: string;
  readonly lifeMs: number;
}

type Link = Pick<RedisLink, 'run' | 'isCluster'>;

/** Chunks under way at once; more would only wait in Redis' input buffer. */
const CHUNKS_AT_ONCE = 8;

export function createProjectionWriter(link: Link): ProjectionWriter {
  return link.isCluster ? new ClusterWriter(link) : new ScriptedWriter(link);
}

/** One server: condition and writes are one script. A large change takes several; only the last moves the projection on. */
class ScriptedWriter implements ProjectionWriter {
  readonly #link: Link;

  constructor(link: Link) {
    this.#link = link;
  }

  async writeChange(change: PublishedChange): Promise<boolean> {
    const { epoch, revision } = change.delta;
    const chunks = packOps(opsOfChange(change), 2);
    if (chunks.length === 0) chunks.push({ keys: [], args: [] });
    for (const [index, { keys, args }] of chunks.entries()) {
      const isLast = index === chunks.length - 1;
      const head = [epoch, String(revision - 1), isLast ? String(revision) : '', String(revision)];
      if (!(await this.#eval(projectScript, [redisKeys.position, ...keys], [...head, ...args]))) return false;
    }
    return true;
  }

  async repair({ epoch, revision }: Position, ops: readonly ProjectionOp[]): Promise<boolean> {
    for (const { keys, args } of packOps(ops, 2)) {
      const head = [epoch, String(revision)];
      if (!(await this.#eval(repairScript, [redisKeys.position, ...keys], [...head, ...args]))) return false;
    }
    return true;
  }

  async writeRebuild(lock: RebuildLock, ops: readonly ProjectionOp[]): Promise<boolean> {
    const chunks = packOps(ops, 2);
    const head = [lock.token, String(lock.lifeMs)];
    for (let from = 0; from < chunks.length; from += CHUNKS_AT_ONCE) {
      const some = chunks.slice(from, from + CHUNKS_AT_ONCE);
      const written = await Promise.all(
        some.map(({ keys, args }) =>
          this.#eval(rebuildPartScript, [redisKeys.rebuildLock, ...keys], [...head, ...args]),
        ),
      );
      if (!written.every(Boolean)) return false;
    }
    return true;
  }

  async #eval(script: string, keys: readonly string[], args: readonly string[]): Promise<boolean> {
    return (await this.#link.run((client) => client.eval(script, keys.length, ...keys, ...args))) === 1;
  }
}

/**
 * A Cluster: no script may touch a tenant's key and the position. So the condition is asked before and after plain
 * writes, and whoever finds it broken afterwards may have overwritten something newer: the tenants concerned become
 * suspects, which the audit writes again from the newest state. A process that dies between leaves that to the sweep.
 */
class ClusterWriter implements ProjectionWriter {
  readonly #link: Link;

  constructor(link: Link) {
    this.#link = link;
  }

  writeChange(change: PublishedChange): Promise<boolean> {
    const { epoch, revision } = change.delta;
    const step = (after: string) =>
      this.#check(projectScript, redisKeys.position, epoch, revision - 1, after, revision);
    return this.#write(
      () => step(''),
      () => step(String(revision)),
      opsOfChange(change),
      tenantsOfChange(change),
    );
  }

  repair({ epoch, revision }: Position, ops: readonly ProjectionOp[], tenantIds: readonly string[]): Promise<boolean> {
    const isStill = () => this.#check(repairScript, redisKeys.position, epoch, revision);
    return this.#write(isStill, isStill, ops, tenantIds);
  }

  writeRebuild(lock: RebuildLock, ops: readonly ProjectionOp[], tenantIds: readonly string[]): Promise<boolean> {
    const isOurs = () => this.#check(rebuildPartScript, redisKeys.rebuildLock, lock.token, lock.lifeMs);
    return this.#write(isOurs, isOurs, ops, tenantIds);
  }

  async #write(
    before: () => Promise<boolean>,
    after: () => Promise<boolean>,
    ops: readonly ProjectionOp[],
    tenantIds: Iterable<string>,
  ): Promise<boolean> {
    if (!(await before())) return false;
    await this.#link.run((client) => runOps(client, ops));
    if (await after()) return true;
    const suspects = [...tenantIds];
    if (suspects.length > 0) await this.#link.run((client) => client.sadd(redisKeys.suspects, ...suspects));
    return false;
  }

  async #check(script: string, key: string, ...args: (string | number)[]): Promise<boolean> {
    return (await this.#link.run((client) => client.eval(script, 1, key, ...args))) === 1;
  }
}
