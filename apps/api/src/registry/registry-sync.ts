import { decideSync } from './decide-sync.ts';
import { inTurns } from './in-turns.ts';
import type { ReadInstances } from './read-source-instances.ts';
import type { SourceInstance } from './sources/registry-source.ts';
import type { TcpWatch } from './tcp-watch.ts';
import { type WatchedService, WatchedServices, type WatchedServicesParts } from './watched-services.ts';

export interface RegistrySyncParts extends WatchedServicesParts {
  readonly watch: TcpWatch;
  readonly readListed: (serviceId: string, listed: readonly SourceInstance[], now: number) => ReadInstances;
  readonly onError: (error: unknown, what: string) => void;
  readonly now?: () => number;
  readonly times?: Partial<SyncTimes>;
}

/** In milliseconds. */
export interface SyncTimes {
  /** Every service is read anew so often, whatever was pushed. */
  readonly interval: number;
  /** A registry that is down is asked so often. */
  readonly retry: number;
  /** Instances are asked for a TCP connection so often. */
  readonly check: number;
  /** The same while the registry is down. */
  readonly staleCheck: number;
}

const TIMES: SyncTimes = { interval: 30_000, retry: 5_000, check: 10_000, staleCheck: 5_000 };
/** Looks come up to this share earlier, so that services read together at first are not for ever. */
const JITTER = 0.2;
/** Names are read more often than what is behind them: it costs one question, and finds new services and outages. */
const LIST_MS = 10_000;
const LOOKS_AT_ONCE = 8;
const ATTEMPTS = 5;
/** So soon a change of owner, a new service of the catalogue or a new name in the registry is noticed. */
const ASSIGN_MS = 1_000;

/**
 * Brings the instances of a foreign registry into discovery: each service is read by one replica, at once when it becomes
 * its own, on every push, and at every interval whatever was pushed. What is listed is not believed blindly (see
 * `decideSync`), and when nothing is listed because the registry is down, the last good list stays and our own checks
 * take out the dead.
 */
export class RegistrySync {
  readonly #parts: RegistrySyncParts;
  readonly #services: WatchedServices;
  readonly #now: () => number;
  readonly #times: SyncTimes;
  readonly #inTurn = inTurns();
  readonly #busy = new Set<string>();
  #listAt = Number.NEGATIVE_INFINITY;
  #assignAt = Number.NEGATIVE_INFINITY;
  #checkAt = Number.NEGATIVE_INFINITY;
  #lastSyncMs: number | undefined;
  #isStopped = false;

  constructor(parts: RegistrySyncParts) {
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
    this.#times = { ...TIMES, ...parts.times };
    this.#services = new WatchedServices(parts, (one, listed) => {
      const mark = parts.sharing.mark(one.serviceId);
      const taking = this.#inTurn(one.serviceId, () => this.#consider(one, listed, mark));
      taking.catch((error: unknown) => this.#report(error, 'a push was not taken in'));
    });
  }

  /** Names in the registry, as of the last time it answered. */
  get serviceNames(): readonly string[] {
    return this.#services.names;
  }

  /** Names that stand for no service of the catalogue. */
  get unmappedNames(): readonly string[] {
    return this.#services.unmappedNames;
  }

  /** How long the last look at all that is ours took. */
  get lastSyncMs(): number | undefined {
    return this.#lastSyncMs;
  }

  /** Called often; does what is due and never waits. */
  tick(): void {
    if (this.#isStopped) return;
    const now = this.#now();
    if (now >= this.#listAt) this.#once('services were not listed', () => this.#list());
    if (now >= this.#assignAt) {
      this.#assignAt = now + ASSIGN_MS;
      this.#services.assign();
    }
    if (this.#parts.gate.health.isUp) this.#once('a service was not read', () => this.#lookAtDue());
    if (now >= this.#checkAt) this.#once('instances were not checked', () => this.#check());
  }

  /**
   * Reads everything now, also what is another replica's to read.
   * @throws Error of the registry
   */
  async syncNow(): Promise<void> {
    await this.#list();
    await this.#lookAtAll(this.#services.listAll());
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#services.stop();
    await this.#parts.gate.close();
  }

  /** Does one kind of work unless it is still being done. */
  #once(what: string, work: () => Promise<void>): void {
    if (this.#busy.has(what)) return;
    this.#busy.add(what);
    work()
      .catch((error: unknown) => this.#report(error, what))
      .finally(() => this.#busy.delete(what));
  }

  #report(error: unknown, what: string): void {
    if (!this.#isStopped) this.#parts.onError(error, what);
  }

  async #list(): Promise<void> {
    const { gate } = this.#parts;
    const wasUp = gate.health.isUp;
    this.#listAt = this.#now() + this.#times.retry;
    this.#services.names = await gate.listServices();
    this.#listAt = this.#now() + Math.min(this.#times.interval, LIST_MS);
    this.#assignAt = Number.NEGATIVE_INFINITY;
    // What was missed while it was away is read at once.
    if (!wasUp) for (const one of this.#services.list()) one.lookAt = Number.NEGATIVE_INFINITY;
  }

  async #lookAtDue(): Promise<void> {
    const now = this.#now();
    const due = [...this.#services.list()].filter((one) => one.lookAt <= now);
    if (due.length > 0) await this.#lookAtAll(due);
  }

  /** @throws the first error, after all have been tried */
  async #lookAtAll(services: readonly WatchedService[]): Promise<void> {
    const startedAt = this.#now();
    const waiting = [...services];
    const failures: unknown[] = [];
    const lookNext = async (): Promise<void> => {
      for (let one = waiting.shift(); one !== undefined && !this.#isStopped; one = waiting.shift()) {
        await this.#look(one).catch((error: unknown) => failures.push(error));
      }
    };
    await Promise.all(Array.from({ length: LOOKS_AT_ONCE }, lookNext));
    if (failures.length > 0) {
      // Whether the registry is down altogether is for its list of services to say, and soon.
      this.#listAt = Math.min(this.#listAt, this.#now() + this.#times.retry);
      throw failures[0];
    }
    if (services.length >= this.#services.count) this.#lastSyncMs = this.#now() - startedAt;
  }

  async #look(one: WatchedService): Promise<void> {
    one.lookAt = this.#now() + this.#times.retry;
    await this.#inTurn(one.serviceId, async () => {
      const mark = this.#parts.sharing.mark(one.serviceId);
      await this.#consider(one, await this.#parts.gate.listInstances(one.sourceName), mark);
    });
  }

  /** @param mark taken before `listed` was read, so that what became old meanwhile is not written over what is new */
  async #consider(one: WatchedService, listed: readonly SourceInstance[], mark: number): Promise<void> {
    const { id, sharing, gate } = this.#parts;
    for (let attempt = 0; attempt < ATTEMPTS && !this.#isStopped; attempt++) {
      const { registrations, rejected } = this.#parts.readListed(one.serviceId, listed, this.#now());
      const verdict = await this.#decide(one, registrations);
      one.doubts = verdict.doubts;
      const usual = this.#times.interval * (1 - JITTER * Math.random());
      one.lookAt = this.#now() + Math.min(usual, verdict.lookAgainInMs ?? Number.POSITIVE_INFINITY);
      // Unchanged against what somebody else has written meanwhile proves as little as changed.
      const isWritten = verdict.isChanged
        ? await sharing.replaceSource(one.serviceId, id, mark, verdict.instances)
        : sharing.mark(one.serviceId) === mark;
      if (isWritten) {
        const instanceIds = registrations.map(({ request }) => request.instanceId);
        const isGone = listed.length === 0 && verdict.instances.length === 0;
        await sharing.noteView(id, one.serviceId, isGone ? undefined : { at: this.#now(), instanceIds, rejected });
        return;
      }
      mark = sharing.mark(one.serviceId);
      listed = await gate.listInstances(one.sourceName);
    }
  }

  async #decide({ serviceId, doubts }: WatchedService, listed: ReadInstances['registrations']) {
    const look = { now: this.#now(), believed: this.#services.believedOf(serviceId), listed, doubts };
    const verdict = decideSync(look);
    if (verdict.kind === 'write') return verdict;
    const reachable = await this.#parts.watch.listReachable(verdict.lost);
    const second = decideSync({ ...look, reachable });
    if (second.kind !== 'write') throw new Error('a look with an answer asks for none');
    return second;
  }

  async #check(): Promise<void> {
    const { registry, sharing, watch, gate } = this.#parts;
    this.#checkAt = this.#now() + (gate.health.isUp ? this.#times.check : this.#times.staleCheck);
    await watch.check(this.#services.believedOfOurs(), ({ request }, result) => {
      registry.recordCheck(request, result);
      sharing
        .shareChecked(request.serviceId, request.instanceId)
        .catch((error: unknown) => this.#report(error, 'a check was not shared'));
    });
  }
}
