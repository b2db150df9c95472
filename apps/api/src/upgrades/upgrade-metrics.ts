import type { UpgradeState } from '@grey/contracts';
import { Counter, Gauge, Registry } from 'prom-client';
import type { UpgradeListsStore } from './upgrade-lists.store.ts';
import { endedStates } from './upgrade-machine.ts';

const ACTIVE = ['queued', 'running', 'waiting', 'aborting', 'needs_operator'] as const;
/** Counted anew this often at most, in milliseconds: whoever scrapes often costs nothing. */
const FRESH_MS = 2_000;

/** Metrics of upgrades. Ends are counted by the process that worked on them; states are the same on every replica. */
export class UpgradeMetrics {
  readonly #registry = new Registry();
  readonly #ended: Counter<'outcome'>;
  readonly #states: Gauge<'state'>;
  readonly #lists: Pick<UpgradeListsStore, 'countActive'>;
  #countedAt = Number.NEGATIVE_INFINITY;
  /** Upgrades that this process works on. */
  readRunning: () => number = () => 0;

  constructor(lists: Pick<UpgradeListsStore, 'countActive'>) {
    this.#lists = lists;
    this.#ended = new Counter({
      name: 'grey_router_upgrades_ended_total',
      help: 'Upgrades that this process brought to an end, or to where only a person can end them.',
      labelNames: ['outcome'],
      registers: [this.#registry],
    });
    for (const outcome of [...endedStates, 'needs_operator']) this.#ended.inc({ outcome }, 0);
    this.#states = new Gauge({
      name: 'grey_router_upgrades',
      help: 'Upgrades that have not ended, by state; as last read from the database.',
      labelNames: ['state'],
      registers: [this.#registry],
    });
    for (const state of ACTIVE) this.#states.set({ state }, 0);
    const worked: Gauge = new Gauge({
      name: 'grey_router_upgrades_worked_on',
      help: 'Upgrades that this process works on now.',
      registers: [this.#registry],
      collect: () => worked.set(this.readRunning()),
    });
  }

  ended(outcome: UpgradeState): void {
    this.#ended.inc({ outcome });
  }

  async print(): Promise<string> {
    await this.#count().catch(() => undefined);
    return this.#registry.metrics();
  }

  async #count(): Promise<void> {
    if (performance.now() - this.#countedAt < FRESH_MS) return;
    this.#countedAt = performance.now();
    const counts = new Map((await this.#lists.countActive()).map(({ state, count }) => [state, count]));
    for (const state of ACTIVE) this.#states.set({ state }, counts.get(state) ?? 0);
  }
}
