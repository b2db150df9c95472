import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { FromWorker, SoakTenant } from './soak-tenant.ts';

const WORKERS = 2;
/** A worker lives so long after it is ready, in milliseconds; between the two anything may be under way. */
const LIVES_MS = [200, 4_000] as const;

export interface Killings {
  readonly killCount: number;
  /** Tenants that were being worked on when a worker was killed. */
  readonly cutCount: number;
  /** From a kill until another worker had the lock of such a tenant, the longest, in milliseconds. */
  readonly longestMs: number;
  readonly faults: readonly string[];
}

/** Two workers that are killed (SIGKILL) again and again, and replaced at once, until every tenant has come to its end. */
export class KilledWorkers {
  readonly #tenants: ReadonlyMap<string, SoakTenant>;
  readonly #random: () => number;
  readonly #open: Set<string>;
  readonly #cutAt = new Map<string, number>();
  readonly #faults: string[] = [];
  #killCount = 0;
  #cutCount = 0;
  #longestMs = 0;

  constructor(tenants: readonly SoakTenant[], random: () => number) {
    this.#tenants = new Map(tenants.map((tenant) => [tenant.name, tenant]));
    this.#open = new Set(this.#tenants.keys());
    this.#random = random;
  }

  async run(): Promise<Killings> {
    await Promise.all(Array.from({ length: WORKERS }, () => this.#replaceAndKill()));
    return {
      killCount: this.#killCount,
      cutCount: this.#cutCount,
      longestMs: this.#longestMs,
      faults: this.#faults,
    };
  }

  async #replaceAndKill(): Promise<void> {
    while (this.#open.size > 0 || this.#cutAt.size > 0) {
      const worker = fork(fileURLToPath(new URL('worker.ts', import.meta.url)));
      const gone = once(worker, 'exit');
      const working = new Set<string>();
      const ready = this.#listen(worker, working);
      await Promise.race([ready, gone]);
      worker.send(this.#shuffle());
      const [least, most] = LIVES_MS;
      const isOver = gone.then(() => true);
      const hasEnded = await Promise.race([isOver, sleep(least + this.#random() * (most - least), false)]);
      if (!hasEnded) this.#kill(worker, working);
      await gone;
    }
  }

  /** Those that were cut come first, as whoever hands out work would have it. */
  #shuffle(): SoakTenant[] {
    const names = [...new Set([...this.#open, ...this.#cutAt.keys()])];
    const order = new Map(names.map((name) => [name, this.#random() + (this.#cutAt.has(name) ? 0 : 1)]));
    names.sort((one, other) => (order.get(one) ?? 0) - (order.get(other) ?? 0));
    return names.flatMap((name) => this.#tenants.get(name) ?? []);
  }

  #listen(worker: ChildProcess, working: Set<string>): Promise<void> {
    return new Promise((resolve) => {
      worker.on('message', (message: FromWorker) => {
        if (message.kind === 'ready') resolve();
        else if (message.kind === 'begun') {
          working.add(message.tenant);
          this.#resume(message.tenant);
        } else {
          working.delete(message.tenant);
          this.#end(message);
        }
      });
    });
  }

  #end({ tenant, outcome, sentence }: Extract<FromWorker, { kind: 'ended' }>): void {
    if (outcome !== this.#tenants.get(tenant)?.outcome) this.#faults.push(`${tenant} ended as ${outcome}: ${sentence}`);
    this.#open.delete(tenant);
  }

  #resume(tenant: string): void {
    const cutAt = this.#cutAt.get(tenant);
    if (cutAt === undefined) return;
    this.#longestMs = Math.max(this.#longestMs, performance.now() - cutAt);
    this.#cutAt.delete(tenant);
  }

  #kill(worker: ChildProcess, working: ReadonlySet<string>): void {
    worker.kill('SIGKILL');
    this.#killCount += 1;
    this.#cutCount += working.size;
    for (const tenant of working) if (!this.#cutAt.has(tenant)) this.#cutAt.set(tenant, performance.now());
  }
}
