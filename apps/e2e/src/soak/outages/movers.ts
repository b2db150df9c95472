import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '@grey/testkit';
import { type CallProduct, callerFor } from '../../call-product.ts';
import { isDone, isNotDone, SERVICES, VERSIONS } from './test-world.ts';

/** Moves tenants to and fro, four times a second, at whichever replica answers. */
export class Movers {
  acknowledged = 0;
  refused = 0;
  readonly #calls: readonly CallProduct[];
  readonly #tenantIds: readonly string[];
  readonly #random: () => number;
  #isEnding = false;
  #running: Promise<void> = Promise.resolve();

  constructor(urls: readonly string[], token: string, tenantIds: readonly string[], seed: number) {
    this.#calls = urls.map((url) => callerFor(url, token));
    this.#tenantIds = tenantIds;
    this.#random = seededRandom(seed);
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#isEnding = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isEnding) {
      if (await this.#move()) this.acknowledged++;
      else this.refused++;
      await sleep(250);
    }
  }

  /** The next replica may reach what this one cannot; when none can, the change is refused. */
  async #move(): Promise<boolean> {
    const pick = <T>(items: readonly T[]): T => items[Math.floor(this.#random() * items.length)]!;
    const path = `/api/tenants/${pick(this.#tenantIds)}/services/${pick(SERVICES)}`;
    const targetVersion = pick(VERSIONS);
    for (const call of this.#calls) {
      const isMoved = await call('PUT', path, { targetVersion }).then(isDone, isNotDone);
      if (isMoved) return true;
    }
    return false;
  }
}
