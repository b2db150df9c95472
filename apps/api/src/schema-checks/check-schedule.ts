import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { AdvisoryLock } from '../infra/db/advisory-lock.ts';
import { ApiError } from '../infra/http/api-error.ts';
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

  /**
   * A server that is slow keeps its own tenants waiting, and no others: whose turn was not over in time loses this turn. Were it
   * kept for the next one, the tenants of a server that is away would soon be all that is looked at.
   */
  async #lookAll(cells: readonly DueCell[]): Promise<void> {
    const until = performance.now() + TICK_MS;
    const byServer = Map.groupBy(cells, ({ host, port }) => `${host} ${port}`);
    const queues = [...byServer.values()].flatMap((own) => dealt(shuffled(own), PER_SERVER));
    const late: DueCell[] = [];
    const worker = async () => {
      for (let queue = queues.pop(); queue !== undefined; queue = queues.pop())
        for (const cell of queue) {
          if (performance.now() < until) await this.#look(cell);
          else late.push(cell);
        }
    };
    await Promise.all(Array.from({ length: IN_ALL }, worker));
    if (late.length === 0 || this.#end.signal.aborted) return;
    await this.#store.passOver(late);
    const servers = [...new Set(late.map(({ host, port }) => `${host}:${port}`))].slice(0, 10).join(', ');
    this.#logger.warn(`${late.length} schemas lost their turn to be looked at: ${servers} answer too slowly`);
  }

  async #look({ tenantId, serviceId }: DueCell): Promise<void> {
    if (this.#end.signal.aborted) return;
    try {
      await this.#checks.look(tenantId, serviceId, this.#end.signal);
    } catch (error) {
      if (this.#end.signal.aborted) return;
      this.#logger.warn({ err: error, tenantId, serviceId, msg: 'the schema could not be looked at' });
      // Such as without a master key: it has had its turn all the same.
      await this.#store.noteTried({ tenantId, serviceId }, wordsOf(error)).catch(() => undefined);
    }
  }
}

/** What is ours to say; whatever else was thrown may hold anything, and is in the log. */
function wordsOf(error: unknown): string {
  if (error instanceof ApiError) return error.extra.detail ?? error.message;
  return 'The schema could not be looked at; the log of the API says why.';
}

/** In no order, so that it is not always the same ones who lose their turn. */
function shuffled<T>(all: readonly T[]): T[] {
  return all
    .map((one) => ({ one, place: Math.random() }))
    .sort((first, second) => first.place - second.place)
    .map(({ one }) => one);
}

/** Deals things out to at most so many hands. */
function dealt<T>(all: readonly T[], hands: number): T[][] {
  return Array.from({ length: Math.min(hands, all.length) }, (_, hand) => all.filter((_, at) => at % hands === hand));
}
