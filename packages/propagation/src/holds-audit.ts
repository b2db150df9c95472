import { redisKeys } from '@grey/contracts';
import { readHolds } from '@grey/route-core';
import { opsOfHolds, projectAllHolds } from './hold-ops.ts';
import { isSameMap } from './is-same-map.ts';
import type { ProjectionModel } from './projection-model.ts';
import type { ProjectionWriter } from './projection-writer.ts';
import type { RedisLink } from './redis-link.ts';
import { scanHeldServices } from './scan-keys.ts';

/**
 * Keeps `service:{service}:holds` as the snapshot says. Holds are few and a hash is made of all holds of a service, so it is
 * written from the state, not change by change: when they changed, and now and then to see whether they still stand.
 */
export class HoldsAudit {
  readonly #link: Pick<RedisLink, 'run'>;
  readonly #writer: ProjectionWriter;
  readonly #everyMs: number;
  readonly #now: () => number;
  #checked = '';
  #checkedAt = Number.NEGATIVE_INFINITY;

  constructor(options: {
    link: Pick<RedisLink, 'run'>;
    writer: ProjectionWriter;
    now: () => number;
    /** Default 10 000 ms. */
    everyMs?: number;
  }) {
    this.#link = options.link;
    this.#writer = options.writer;
    this.#now = options.now;
    this.#everyMs = options.everyMs ?? 10_000;
  }

  /** The model must stand where the projection stands. @returns the services that were corrected. @throws RedisError */
  async step(model: ProjectionModel): Promise<readonly string[]> {
    const { snapshot } = model;
    const state = JSON.stringify([snapshot.position.epoch, readHolds(snapshot)]);
    if (state === this.#checked && this.#now() - this.#checkedAt < this.#everyMs) return [];
    const expected = projectAllHolds(snapshot);
    const ids = [...new Set([...expected.keys(), ...(await this.#link.run(scanHeldServices))])];
    const found = await this.#link.run((client) =>
      Promise.all(ids.map((id) => client.hgetall(redisKeys.serviceHolds(id)))),
    );
    const wrong = ids.filter(
      (id, index) => !isSameMap(expected.get(id) ?? new Map(), new Map(Object.entries(found[index]!))),
    );
    if (wrong.length > 0) {
      const isStill = await this.#writer.repair(snapshot.position, opsOfHolds(expected, wrong), []);
      if (!isStill) return [];
    }
    this.#checked = state;
    this.#checkedAt = this.#now();
    return wrong;
  }
}
