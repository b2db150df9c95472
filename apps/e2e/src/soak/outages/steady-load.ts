import { setTimeout as sleep } from 'node:timers/promises';
import { type RouteResponse, routeResponseSchema } from '@grey/contracts';
import type { Answered } from './decision-model.ts';

export interface LoadTotals {
  asked: number;
  /** No replica gave a decision, although each was tried. */
  failed: number;
  /** A replica was not there, and another answered instead. */
  failedOver: number;
  readonly firstFaults: string[];
  readonly answers: Answered[];
}

export interface LoadOptions {
  readonly urls: readonly string[];
  readonly routeKey: string;
  readonly tenantIds: readonly string[];
  readonly serviceIds: readonly string[];
  readonly perSecond: number;
}

const TICK_MS = 20;
const PATIENCE_MS = 3_000;

/**
 * Asks for decisions at a steady rate, whatever the answers do, as a fleet of callers behind a balancer would: who does not
 * get through to one replica tries the next.
 */
export class SteadyLoad {
  readonly totals: LoadTotals = {
    asked: 0,
    failed: 0,
    failedOver: 0,
    firstFaults: [],
    answers: [],
  };
  readonly #options: LoadOptions;
  readonly #underWay = new Set<Promise<void>>();
  #isEnding = false;
  #running: Promise<void> = Promise.resolve();

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Lets what is under way finish. */
  async stop(): Promise<LoadTotals> {
    this.#isEnding = true;
    await this.#running;
    await Promise.all(this.#underWay);
    return this.totals;
  }

  async #run(): Promise<void> {
    const startedAt = performance.now();
    while (!this.#isEnding) {
      const due = Math.floor(((performance.now() - startedAt) / 1000) * this.#options.perSecond);
      while (this.totals.asked < due) {
        const asking = this.#ask(this.totals.asked++).finally(() => this.#underWay.delete(asking));
        this.#underWay.add(asking);
      }
      await sleep(TICK_MS);
    }
  }

  async #ask(number: number): Promise<void> {
    const { urls, tenantIds, serviceIds } = this.#options;
    const tenantId = tenantIds[number % tenantIds.length]!;
    const serviceName = serviceIds[number % serviceIds.length]!;
    const askedAt = Date.now();
    const faults: string[] = [];
    for (let attempt = 0; attempt < urls.length; attempt++) {
      const url = urls[(number + attempt) % urls.length]!;
      try {
        const { version, epoch, revision } = await this.#route(url, tenantId, serviceName);
        this.totals.answers.push({ tenantId, serviceName, version, epoch, revision, askedAt, url });
        if (attempt > 0) this.totals.failedOver++;
        return;
      } catch (error) {
        faults.push(`${url}: ${error instanceof Error ? (error.cause ?? error.message) : error}`);
      }
    }
    this.totals.failed++;
    this.#note(`${tenantId} ${serviceName} failed: ${faults.join(' | ')}`);
  }

  async #route(url: string, tenantId: string, serviceName: string): Promise<RouteResponse> {
    const response = await fetch(`${url}/api/grey-router/route`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#options.routeKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ tenantId, serviceName }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${text}`);
    return routeResponseSchema.parse(JSON.parse(text));
  }

  #note(fault: string): void {
    if (this.totals.firstFaults.length < 10) this.totals.firstFaults.push(`${new Date().toISOString()} ${fault}`);
  }
}
