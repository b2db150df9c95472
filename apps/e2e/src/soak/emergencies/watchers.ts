import { setTimeout as sleep } from 'node:timers/promises';
import { type RouteResponse, routeResponseSchema } from '@grey/contracts';
import { createDecisionEnv, decide, readHolds, type Snapshot } from '@grey/route-core';
import { findBroken, type TakenBack } from './taken-back.ts';

const EVERY_MS = 15;
const PATIENCE_MS = 3_000;

/** Looks all the time at what replicas decide and what routers have, and notes what must not be. */
export class Watchers {
  readonly faults: string[] = [];
  decided = 0;
  unanswered = 0;
  readonly #urls: readonly string[];
  readonly #token: string;
  readonly #serviceId: string;
  readonly #tenantIds: readonly string[];
  readonly #takenBack: readonly TakenBack[];
  readonly #env = createDecisionEnv();
  /** The last position of each observer in its present run. */
  readonly #last = new Map<string, { readonly epoch: string; readonly revision: number }>();
  /** How often each replica was started: what it says is compared within a run. */
  readonly #runs = new Map<number, number>();
  #isEnding = false;
  #watching: Promise<void> = Promise.resolve();

  constructor(options: {
    readonly urls: readonly string[];
    readonly token: string;
    readonly serviceId: string;
    readonly tenantIds: readonly string[];
    readonly takenBack: readonly TakenBack[];
  }) {
    this.#urls = options.urls;
    this.#token = options.token;
    this.#serviceId = options.serviceId;
    this.#tenantIds = options.tenantIds;
    this.#takenBack = options.takenBack;
  }

  start(): void {
    this.#watching = Promise.all(this.#urls.map((_, replica) => this.#watch(replica))).then(() => undefined);
  }

  async stop(): Promise<void> {
    this.#isEnding = true;
    await this.#watching;
  }

  /** Another process answers at this address from now on. */
  begunAnew(replica: number): void {
    this.#runs.set(replica, (this.#runs.get(replica) ?? 0) + 1);
  }

  /** What a router that only follows has now. */
  seen(router: string, snapshot: Snapshot): void {
    this.#follow(router, snapshot.position);
    const held = readHolds(snapshot);
    const askedAt = Date.now();
    for (const tenantId of this.#tenantIds) {
      const { version } = decide(snapshot, { tenantId, serviceName: this.#serviceId }, this.#env);
      if (version === undefined) continue;
      const own = held.find(({ fromVersion, scope }) => {
        return fromVersion === version && (scope.kind !== 'tenants' || scope.tenantIds.includes(tenantId));
      });
      if (own !== undefined) this.#note(`${router} sends ${tenantId} to ${version} in spite of its hold ${own.id}`);
      this.#judge(router, { version, tenantId, by: null, askedAt });
    }
  }

  async #watch(replica: number): Promise<void> {
    for (let number = 0; !this.#isEnding; number++) {
      const run = this.#runs.get(replica) ?? 0;
      const tenantId = this.#tenantIds[number % this.#tenantIds.length] as string;
      const askedAt = Date.now();
      const answer = await this.#ask(replica, tenantId).catch(() => undefined);
      if (answer === undefined) this.unanswered++;
      else if (run === (this.#runs.get(replica) ?? 0)) {
        this.decided++;
        this.#follow(`replica ${replica}, run ${run}`, answer);
        this.#judge(`replica ${replica}`, { version: answer.version, tenantId, by: replica, askedAt });
      }
      await sleep(EVERY_MS);
    }
  }

  async #ask(replica: number, tenantId: string): Promise<RouteResponse | undefined> {
    const response = await fetch(`${this.#urls[replica]}/api/grey-router/route`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ tenantId, serviceName: this.#serviceId }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return response.ok ? routeResponseSchema.parse(await response.json()) : undefined;
  }

  #follow(who: string, { epoch, revision }: { readonly epoch: string; readonly revision: number }): void {
    const last = this.#last.get(who);
    if (last?.epoch === epoch && revision < last.revision)
      this.#note(`${who} went back from ${last.revision} to ${revision}`);
    this.#last.set(who, { epoch, revision });
  }

  #judge(who: string, decided: Parameters<typeof findBroken>[1]): void {
    const broken = findBroken(this.#takenBack, decided);
    if (broken !== undefined)
      this.#note(`${who} sends ${decided.tenantId} to ${decided.version} in spite of ${broken.id}`);
  }

  #note(fault: string): void {
    this.faults.push(`${new Date().toISOString()} ${fault}`);
  }
}
