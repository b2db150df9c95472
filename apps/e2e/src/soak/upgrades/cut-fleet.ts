import { setTimeout as sleep } from 'node:timers/promises';
import type { InstanceRecord } from '@grey/route-core';
import { type CutSdk, startCutSdk } from './cut-sdk.ts';
import type { DecisionWatch } from './decision-watch.ts';

const SIZE = 3;
const HEALED_SHARE = 0.6;

/** Routers that are cut off, sooner or later than a lease; then they heal, or are killed and others begin. */
export class CutFleet {
  /** Who was killed: an operator has to vouch for them. */
  readonly dead: string[] = [];
  cuts = 0;
  readonly #parts: {
    readonly redisUrl: string;
    readonly leaseMs: number;
    readonly instances: ReadonlyMap<string, readonly InstanceRecord[]>;
    readonly watch: DecisionWatch;
    readonly random: () => number;
  };
  readonly #sdks: CutSdk[] = [];
  #begun = 0;
  #isOver = false;
  #troubling: Promise<void> = Promise.resolve();

  constructor(parts: {
    readonly redisUrl: string;
    readonly leaseMs: number;
    readonly instances: ReadonlyMap<string, readonly InstanceRecord[]>;
    readonly watch: DecisionWatch;
    readonly random: () => number;
  }) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    for (let at = 0; at < SIZE; at += 1) this.#sdks.push(await this.#begin());
    this.#troubling = this.#trouble();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#troubling;
    for (const sdk of this.#sdks) await sdk.end();
  }

  async #trouble(): Promise<void> {
    const { leaseMs, random, watch } = this.#parts;
    for (let number = 0; !this.#isOver; number += 1) {
      await sleep(3 * leaseMs * random());
      const at = number % SIZE;
      const sdk = this.#sdks[at] as CutSdk;
      sdk.cut();
      this.cuts += 1;
      await sleep(5 * leaseMs * random());
      if (random() < HEALED_SHARE) {
        sdk.heal();
        continue;
      }
      watch.remove(sdk);
      await sdk.end();
      this.dead.push(sdk.id);
      this.#sdks[at] = await this.#begin();
    }
  }

  async #begin(): Promise<CutSdk> {
    const { redisUrl, leaseMs, instances, watch } = this.#parts;
    this.#begun += 1;
    const sdk = await startCutSdk(`sdk-${this.#begun}`, redisUrl, leaseMs, instances);
    watch.add(sdk);
    return sdk;
  }
}
