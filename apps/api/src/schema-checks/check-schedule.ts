import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { AdvisoryLock } from '../infra/db/advisory-lock.ts';
import { LockedJob } from '../infra/jobs/locked-job.ts';
import type { SchemaChecksStore } from './schema-checks.store.ts';
import type { SchemaChecks } from './schema-checks.ts';
import type { DueCell, SchemaListsStore } from './schema-lists.store.ts';

const TICK_MS = 60_000;
/** At one server, and in all, at a time. */
const PER_SERVER = 2;
const IN_ALL = 8;

/** Looks at every tenant's schema once in a while. One replica at a time; so many a minute that all have had their turn. */
export class CheckSchedule implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('schema checks');
  readonly #store: SchemaChecksStore;
  readonly #lists: SchemaListsStore;
  readonly #checks: Pick<SchemaChecks, 'look'>;
  readonly #intervalMs: number;
  readonly #end = new AbortController();
  readonly #job: LockedJob;

  /** @param intervalMs 0: never */
  constructor(
    store: SchemaChecksStore,
    lists: SchemaListsStore,
    checks: Pick<SchemaChecks, 'look'>,
    lock: AdvisoryLock,
    intervalMs: number,
  ) {
    this.#store = store;
    this.#lists = lists;
    this.#checks = checks;
    this.#intervalMs = intervalMs;
    this.#job = new LockedJob({
      lock,
      name: 'schema-checks',
      everyMs: TICK_MS,
      work: async () => {
        await this.run(new Date(Date.now() - intervalMs));
      },
      onFailed: (error) => this.#logger.warn({ err: error, msg: 'schemas were not looked at' }),
    });
  }

  onApplicationBootstrap(): void {
    if (this.#intervalMs > 0) this.#job.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.#end.abort();
    await this.#job.stop();
  }

  /** Looks at those that were not tried since, as many as a minute's share. @returns how many */
  async run(before: Date): Promise<number> {
    const total = await this.#lists.countSources();
    const share = Math.ceil((total * TICK_MS) / Math.max(this.#intervalMs, TICK_MS));
    const due = await this.#lists.listDue(before, Math.max(PER_SERVER, share));
    await this.#lookAll(due);
    await this.#store.dropUnused();
    return due.length;
  }

  /** A server that is slow keeps its own tenants waiting, and no others. */
  async #lookAll(cells: readonly DueCell[]): Promise<void> {
    const byServer = Map.groupBy(cells, ({ host, port }) => `${host} ${port}`);
    const queues = [...byServer.values()].flatMap((own) => dealt(own, PER_SERVER));
    const worker = async () => {
      for (let queue = queues.pop(); queue !== undefined; queue = queues.pop())
        for (const cell of queue) await this.#look(cell);
    };
    await Promise.all(Array.from({ length: IN_ALL }, worker));
  }

  async #look({ tenantId, serviceId }: DueCell): Promise<void> {
    if (this.#end.signal.aborted) return;
    try {
      await this.#checks.look(tenantId, serviceId, this.#end.signal);
    } catch (error) {
      if (this.#end.signal.aborted) return;
      this.#logger.warn({ err: error, tenantId, serviceId, msg: 'the schema could not be looked at' });
      // Such as without a master key: it has had its turn all the same.
      await this.#store.noteTried({ tenantId, serviceId }, (error as Error).message).catch(() => undefined);
    }
  }
}

/** Deals things out to at most so many hands. */
function dealt<T>(all: readonly T[], hands: number): T[][] {
  return Array.from({ length: Math.min(hands, all.length) }, (_, hand) => all.filter((_, at) => at % hands === hand));
}
