import { setTimeout as sleep } from 'node:timers/promises';
import { routerListSchema } from '@grey/contracts';
import type { FollowingRouters } from '../../../../api/test/following-routers.ts';
import type { KillableProduct } from './killable-product.ts';
import { LogReplay, type Picture, pictureOfPast } from './log-replay.ts';
import type { TakenBack } from './taken-back.ts';

const SETTLED_WITHIN_MS = 60_000;

/** What a router had at a moment, to be compared with what is said of that moment later. */
export interface Look {
  readonly revision: number;
  readonly changeId: string;
  readonly picture: Picture;
}

/** Judges a history once everything has come back. */
export class HistoryJudge {
  rebuilt = 0;
  readonly #product: KillableProduct;
  readonly #takenBack: readonly TakenBack[];
  readonly #replay: LogReplay;

  constructor(product: KillableProduct, takenBack: readonly TakenBack[]) {
    this.#product = product;
    this.#takenBack = takenBack;
    this.#replay = new LogReplay(product.replicas.call);
  }

  /**
   * Waits until the log has what was acknowledged, bookkeeping has ended, and everybody has what the log has.
   *
   * @returns what is still missing after a minute; undefined when nothing is
   */
  async untilSettled(routers: FollowingRouters['routers']): Promise<string | undefined> {
    const until = Date.now() + SETTLED_WITHIN_MS;
    let missing: string | undefined;
    while (Date.now() < until) {
      missing = await this.#whatIsMissing(routers).catch((error) => String(error));
      if (missing === undefined) {
        const now = Date.now();
        for (const one of this.#takenBack) one.everywhereAt = Math.min(one.everywhereAt, now);
        return undefined;
      }
      await sleep(50);
    }
    const ends = this.#product.replicas.apis.flatMap((api) => api.end() ?? []);
    return [missing, ...ends].join('; ');
  }

  /** @returns what does not hold */
  async judge(changeIds: readonly string[], looks: readonly Look[]): Promise<string[]> {
    const faults: string[] = [];
    for (const changeId of changeIds)
      if (!this.#replay.changeIds.has(changeId)) faults.push(`the acknowledged change ${changeId} is not in the log`);
    for (const [id, count] of this.#replay.rollbackCounts)
      if (count > 1) faults.push(`${id} is in the log ${count} times`);
    for (const { revision, changeId, picture } of looks) {
      const replayed = this.#replay.at(revision);
      if (replayed !== undefined && !isSame(picture, replayed)) faults.push(`replayed, ${changeId} is not what was`);
      if (!isSame(picture, await pictureOfPast(this.#product.replicas.call, changeId)))
        faults.push(`the API says that ${changeId} was something else`);
      this.rebuilt++;
    }
    this.#replay.forget();
    return faults;
  }

  async #whatIsMissing(routers: FollowingRouters['routers']): Promise<string | undefined> {
    const { items } = await this.#product.replicas.call<{ items: { state: string }[] }>(
      'GET',
      '/api/emergency/rollbacks',
    );
    if (items.some(({ state }) => state === 'rewriting')) return 'bookkeeping is under way';
    await this.#replay.readOn();
    const lost = this.#takenBack.find(({ id }) => this.#replay.rollbackCounts.get(id) !== 1);
    if (lost !== undefined)
      return `${lost.id} is in the log ${this.#replay.rollbackCounts.get(lost.id) ?? 0} times instead of once`;
    const told = await Promise.all(
      this.#product.calls.map(async (call) => {
        const list = routerListSchema.parse(await call('GET', '/api/routers'));
        return list.items.find(({ isOwn }) => isOwn)?.digest;
      }),
    );
    const digests = [...told, ...routers.map(({ followed }) => followed.snapshot?.digest)];
    return new Set(digests).size === 1 ? undefined : `not all have the same: ${digests.join(', ')}`;
  }
}

function isSame(one: Picture, other: Picture): boolean {
  return one.join('\n') === other.join('\n');
}
