import { type Doubts, decideSync } from './decide-sync.ts';
import { inTurns } from './in-turns.ts';
import type { InstanceRegistry } from './instance-registry.ts';
import type { InstanceSharing } from './instance-sharing.ts';
import type { LiveReplicas } from './live-replicas.ts';
import type { ReadInstances } from './read-source-instances.ts';
import type { InstanceOrigin, Registration } from './registration.ts';
import type { SourceGate } from './source-gate.ts';
import type { RegistrySource, SourceInstance } from './sources/registry-source.ts';
import type { TcpWatch } from './tcp-watch.ts';

export interface RegistrySyncParts {
  readonly id: Exclude<InstanceOrigin, 'builtin'>;
  readonly gate: SourceGate;
  readonly watch: TcpWatch;
  readonly registry: InstanceRegistry;
  readonly sharing: InstanceSharing;
  readonly replicas: LiveReplicas;
  readonly hasService: (serviceId: string) => boolean;
  /** The registry's name of a service → our id; undefined for those that are none of ours. */
  readonly serviceIdOf: (sourceName: string) => string | undefined;
  /** The other way round. */
  readonly sourceNameOf: (serviceId: string) => string;
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
const LOOKS_AT_ONCE = 8;
const ATTEMPTS = 5;
/** So soon a change of owner, a new service of the catalogue or a new name in the registry is noticed. */
const ASSIGN_MS = 1_000;

/** One service that this replica keeps up to date. */
interface Watched {
  readonly serviceId: string;
  readonly sourceName: string;
  doubts: Doubts;
  lookAt: number;
  unsubscribe: (() => void) | undefined;
  subscribedTo: RegistrySource | undefined;
}

/**
 * Brings the instances of a foreign registry into discovery: each service is read by one replica, at once when it becomes
 * its own, on every push, and at every interval whatever was pushed. What is listed is not believed blindly (see
 * `decideSync`), and when nothing is listed because the registry is down, the last good list stays and our own checks
 * take out the dead.
 */
export class RegistrySync {
  readonly id: RegistrySyncParts['id'];
  readonly #parts: RegistrySyncParts;
  readonly #now: () => number;
  readonly #times: SyncTimes;
  readonly #inTurn = inTurns();
  readonly #watched = new Map<string, Watched>();
  #names: readonly string[] = [];
  #namesAt = Number.NEGATIVE_INFINITY;
  #checkedAt = Number.NEGATIVE_INFINITY;
  #lastSyncMs: number | undefined;
  #assignedAt = Number.NEGATIVE_INFINITY;
  #isListing = false;
  #isLooking = false;
  #isChecking = false;
  #isStopped = false;

  constructor(parts: RegistrySyncParts) {
    this.id = parts.id;
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
    this.#times = { ...TIMES, ...parts.times };
  }

  /** Names in the registry, as of the last time it answered. */
  get serviceNames(): readonly string[] {
    return this.#names;
  }

  /** Names that stand for no service of the catalogue. */
  get unmappedNames(): readonly string[] {
    return this.#names.filter((name) => {
      const serviceId = this.#parts.serviceIdOf(name);
      return serviceId === undefined || !this.#parts.hasService(serviceId);
    });
  }

  /** How long the last look at all that is ours took. */
  get lastSyncMs(): number | undefined {
    return this.#lastSyncMs;
  }

  /** Called often; does what is due and never waits. */
  tick(): void {
    if (this.#isStopped) return;
    const now = this.#now();
    const { isUp } = this.#parts.gate.health;
    const due = this.#namesAt + (isUp ? this.#times.interval : this.#times.retry);
    if (!this.#isListing && now >= due) this.#guard(this.#list(), 'services were not listed');
    if (now - this.#assignedAt >= ASSIGN_MS) this.#assign(now);
    if (isUp && !this.#isLooking) this.#guard(this.#lookAtDue(), 'a service was not read');
    const checkDue = this.#checkedAt + (isUp ? this.#times.check : this.#times.staleCheck);
    if (!this.#isChecking && now >= checkDue) this.#guard(this.#check(), 'instances were not checked');
  }

  /**
   * Reads everything now, also what is another replica's to read.
   * @throws Error of the registry
   */
  async syncNow(): Promise<void> {
    await this.#list();
    const all = [...this.#servicesHere().entries()].map(
      ([serviceId, sourceName]) => this.#watched.get(serviceId) ?? watchedOf(serviceId, sourceName),
    );
    await this.#lookAtAll(all);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const one of this.#watched.values()) one.unsubscribe?.();
    this.#watched.clear();
    await this.#parts.gate.close();
  }

  #guard(work: Promise<void>, what: string): void {
    work.catch((error: unknown) => {
      if (!this.#isStopped) this.#parts.onError(error, what);
    });
  }

  async #list(): Promise<void> {
    this.#isListing = true;
    const wasUp = this.#parts.gate.health.isUp;
    this.#namesAt = this.#now();
    try {
      this.#names = await this.#parts.gate.listServices();
      this.#assignedAt = Number.NEGATIVE_INFINITY;
      // What was missed while it was away is read at once.
      if (!wasUp) for (const one of this.#watched.values()) one.lookAt = Number.NEGATIVE_INFINITY;
    } finally {
      this.#isListing = false;
    }
  }

  /** Service id → name in the registry, of all that it lists or that we have instances of. */
  #servicesHere(): Map<string, string> {
    const { registry, serviceIdOf, hasService } = this.#parts;
    const here = new Map<string, string>();
    for (const name of this.#names) {
      const serviceId = serviceIdOf(name);
      if (serviceId !== undefined && hasService(serviceId)) here.set(serviceId, name);
    }
    for (const serviceId of registry.serviceIds) {
      // A registry that no longer lists a service at all has emptied it, or forgotten it: that is looked at too.
      if (here.has(serviceId) || this.#believedOf(serviceId).length === 0) continue;
      here.set(serviceId, this.#watched.get(serviceId)?.sourceName ?? this.#parts.sourceNameOf(serviceId));
    }
    return here;
  }

  #believedOf(serviceId: string): Registration[] {
    return this.#parts.registry.registrationsOf(serviceId).filter((one) => one.source === this.id);
  }

  #isOurs(serviceId: string): boolean {
    return !this.#parts.sharing.isUp || this.#parts.replicas.isOwner(serviceId);
  }

  #assign(now: number): void {
    this.#assignedAt = now;
    const here = this.#servicesHere();
    for (const [serviceId, one] of this.#watched) {
      if (here.get(serviceId) === one.sourceName && this.#isOurs(serviceId)) continue;
      one.unsubscribe?.();
      this.#watched.delete(serviceId);
    }
    for (const [serviceId, sourceName] of here) {
      if (!this.#watched.has(serviceId) && this.#isOurs(serviceId)) {
        this.#watched.set(serviceId, watchedOf(serviceId, sourceName));
      }
    }
    for (const one of this.#watched.values()) this.#subscribe(one);
  }

  #subscribe(one: Watched): void {
    const { source } = this.#parts.gate;
    if (source === undefined || one.subscribedTo === source) return;
    one.unsubscribe?.();
    one.subscribedTo = source;
    one.unsubscribe = source.subscribe(one.sourceName, (listed) => {
      const mark = this.#parts.sharing.mark(one.serviceId);
      this.#guard(
        this.#inTurn(one.serviceId, () => this.#consider(one, listed, mark)),
        'a push was not taken in',
      );
    });
  }

  async #lookAtDue(): Promise<void> {
    const now = this.#now();
    const due = [...this.#watched.values()].filter((one) => one.lookAt <= now);
    if (due.length === 0) return;
    this.#isLooking = true;
    try {
      await this.#lookAtAll(due);
    } finally {
      this.#isLooking = false;
    }
  }

  async #lookAtAll(services: readonly Watched[]): Promise<void> {
    const startedAt = this.#now();
    const waiting = [...services];
    let failure: unknown;
    const lookNext = async (): Promise<void> => {
      for (let one = waiting.shift(); one !== undefined && !this.#isStopped; one = waiting.shift()) {
        await this.#look(one).catch((error: unknown) => {
          failure ??= error;
        });
      }
    };
    await Promise.all(Array.from({ length: LOOKS_AT_ONCE }, lookNext));
    if (failure !== undefined) throw failure;
    if (services.length >= this.#watched.size) this.#lastSyncMs = this.#now() - startedAt;
  }

  async #look(one: Watched): Promise<void> {
    // Looks of the next round are spread over it, as those of this one were.
    one.lookAt = this.#now() + this.#times.retry;
    await this.#inTurn(one.serviceId, async () => {
      const mark = this.#parts.sharing.mark(one.serviceId);
      await this.#consider(one, await this.#parts.gate.listInstances(one.sourceName), mark);
    });
  }

  /** @param mark taken before `listed` was read, so that what became old meanwhile is not written over what is new */
  async #consider(one: Watched, listed: readonly SourceInstance[], mark: number): Promise<void> {
    const { sharing } = this.#parts;
    for (let attempt = 0; attempt < ATTEMPTS && !this.#isStopped; attempt++) {
      const verdict = await this.#decide(one, listed);
      one.doubts = verdict.doubts;
      one.lookAt = this.#now() + Math.min(this.#times.interval, verdict.lookAgainInMs ?? Number.POSITIVE_INFINITY);
      // Unchanged against what somebody else has written meanwhile proves as little as changed.
      const isWritten = verdict.isChanged
        ? await sharing.replaceSource(one.serviceId, this.id, mark, verdict.instances)
        : sharing.mark(one.serviceId) === mark;
      if (isWritten) {
        const { registrations, rejected } = this.#read(one.serviceId, listed);
        const instanceIds = registrations.map(({ request }) => request.instanceId);
        await sharing.noteView(this.id, one.serviceId, { at: this.#now(), instanceIds, rejected });
        return;
      }
      mark = sharing.mark(one.serviceId);
      listed = await this.#parts.gate.listInstances(one.sourceName);
    }
  }

  async #decide(one: Watched, told: readonly SourceInstance[]) {
    const { serviceId, doubts } = one;
    const listed = this.#read(serviceId, told).registrations;
    const look = { now: this.#now(), believed: this.#believedOf(serviceId), listed, doubts };
    const verdict = decideSync(look);
    if (verdict.kind === 'write') return verdict;
    const reachable = await this.#parts.watch.listReachable(verdict.lost);
    const second = decideSync({ ...look, reachable });
    if (second.kind !== 'write') throw new Error('a look with an answer asks for none');
    return second;
  }

  #read(serviceId: string, listed: readonly SourceInstance[]): ReadInstances {
    return this.#parts.readListed(serviceId, listed, this.#now());
  }

  async #check(): Promise<void> {
    const { registry, sharing, watch } = this.#parts;
    this.#isChecking = true;
    this.#checkedAt = this.#now();
    try {
      const ours = registry.serviceIds.filter((serviceId) => this.#isOurs(serviceId));
      await watch.check(
        ours.flatMap((serviceId) => this.#believedOf(serviceId)),
        ({ request }, result) => {
          registry.recordCheck(request, result);
          this.#guard(sharing.shareChecked(request.serviceId, request.instanceId), 'a check was not shared');
        },
      );
    } finally {
      this.#isChecking = false;
    }
  }
}

function watchedOf(serviceId: string, sourceName: string): Watched {
  return {
    serviceId,
    sourceName,
    doubts: new Map(),
    lookAt: Number.NEGATIVE_INFINITY,
    unsubscribe: undefined,
    subscribedTo: undefined,
  };
}
