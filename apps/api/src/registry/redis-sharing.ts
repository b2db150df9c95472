import { randomUUID } from 'node:crypto';
import { ApiError } from '../infra/http/api-error.ts';
import { type DiscoveryRedis, memberOf, ServiceLostError, type SharedService, splitMember } from './discovery-redis.ts';
import { inTurns } from './in-turns.ts';
import { entryOf, registrationOf } from './instance-entry.ts';
import type { InstanceRegistry } from './instance-registry.ts';
import type { InstanceSharing, SharedView, SourceView } from './instance-sharing.ts';
import type { LiveReplicas } from './live-replicas.ts';
import { OutageExpiry } from './outage-expiry.ts';
import type { InstanceOrigin, Registration } from './registration.ts';

/** A caller waits so long for the others to know; afterwards they learn of it by the way. */
const PATIENCE_MS = 500;
/** Heartbeats of so long travel together. */
const BEATS_MS = 20;
const COMPARE_MS = 2_000;
const BLOCK_MS = 2_000;
/** After Redis came back, every replica first brings the leases that ran on meanwhile. */
const GRACE_MS = 5_000;
const READ_AT_ONCE = 50;
const OVERDUE_AT_ONCE = 500;

export interface RedisSharingOptions {
  readonly now?: () => number;
  /** Whoever wants to know that a service stands differently in Redis: the writer of the sets. */
  readonly onService?: (service: SharedService) => void;
  readonly onError?: (error: unknown, what: string) => void;
  readonly graceMs?: number;
  readonly compareMs?: number;
}

/**
 * Discovery of several replicas by way of Redis. The registry in memory comes first: what happens here is written there,
 * marked, and sent; what others wrote is read when the stream of events says so, or when sequences differ. What could not
 * be sent stays marked. A Redis that was emptied, or is older than what we have seen, gets back what we know.
 */
export class RedisSharing implements InstanceSharing {
  readonly #registry: InstanceRegistry;
  readonly #redis: DiscoveryRedis;
  readonly #replicas: LiveReplicas;
  readonly #options: RedisSharingOptions;
  readonly #now: () => number;
  readonly #inTurn = inTurns();
  readonly #outage: OutageExpiry;
  /** The sequence in Redis that the registry has taken in, by service. */
  readonly #applied = new Map<string, number>();
  /** Written here and not yet in Redis: service → instance → when, so that a later mark outlives the sending of an earlier. */
  readonly #marks = new Map<string, Map<string, number>>();
  /** Services whose foreign instances were changed here while Redis was away. */
  readonly #strayed = new Map<string, InstanceOrigin>();
  readonly #beats = new Map<string, number>();
  #markCount = 0;
  #epoch: string | undefined;
  #upSince: number | undefined;
  #comparedAt = Number.NEGATIVE_INFINITY;
  #isComparing = false;
  #isExpiring = false;
  #beatTimer: NodeJS.Timeout | undefined;
  #isStopped = false;
  #following: Promise<void> = Promise.resolve();

  constructor(
    registry: InstanceRegistry,
    redis: DiscoveryRedis,
    replicas: LiveReplicas,
    options: RedisSharingOptions = {},
  ) {
    this.#registry = registry;
    this.#redis = redis;
    this.#replicas = replicas;
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#outage = new OutageExpiry(registry, this.#now);
  }

  get isUp(): boolean {
    return this.#redis.isUp;
  }

  start(): void {
    this.#following = this.#follow();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#beatTimer);
    this.#redis.close();
    await this.#following;
  }

  async shareWritten(serviceId: string, instanceId: string): Promise<void> {
    this.#mark(serviceId, instanceId);
    if (!this.isUp) return;
    await patiently(this.#send(serviceId, instanceId), (error) => this.#report(error, 'an instance was not shared'));
  }

  async shareChecked(serviceId: string, instanceId: string): Promise<void> {
    const registration = this.#registry.registrationsOf(serviceId).find((one) => one.request.instanceId === instanceId);
    if (registration === undefined) return;
    if (!this.isUp) return this.#mark(serviceId, instanceId);
    await this.#inTurn(serviceId, async () => {
      const sequence = await this.#write(serviceId, () => this.#redis.noteCheck(serviceId, entryOf(registration)));
      await this.#taken(serviceId, sequence);
    }).catch((error) => this.#report(error, 'the result of a check was not shared'));
  }

  shareBeat({ request: { serviceId, instanceId, ttlMs } }: Registration): void {
    this.#beats.set(memberOf(serviceId, instanceId), ttlMs);
    this.#beatTimer ??= setTimeout(() => {
      this.#beatTimer = undefined;
      void this.#sendBeats();
    }, BEATS_MS).unref();
  }

  async fetch(instanceId: string): Promise<void> {
    if (!this.isUp) return;
    const look = async () => {
      const holder = await this.#redis.findHolder(instanceId);
      if (holder !== undefined) await this.#inTurn(holder, () => this.#refresh([holder]));
    };
    await patiently(look(), (error) => this.#report(error, 'an instance was not looked for'));
  }

  async freshen(serviceId: string): Promise<void> {
    if (!this.isUp) return;
    const refresh = this.#inTurn(serviceId, () => this.#refresh([serviceId]));
    await patiently(refresh, (error) => this.#report(error, 'a service was not read'));
  }

  mark(serviceId: string): number {
    return this.#applied.get(serviceId) ?? 0;
  }

  async replaceSource(
    serviceId: string,
    source: InstanceOrigin,
    mark: number,
    registrations: readonly Registration[],
  ): Promise<boolean> {
    if (!this.isUp) {
      if (this.#registry.replace(serviceId, registrations, { source })) this.#strayed.set(serviceId, source);
      return true;
    }
    return this.#inTurn(serviceId, async () => {
      const entries = registrations.map(entryOf);
      const sequence = await this.#write(serviceId, () => this.#redis.replaceSource(serviceId, source, mark, entries));
      await this.#refresh([serviceId]);
      return sequence !== undefined;
    });
  }

  async noteView(source: InstanceOrigin, serviceId: string, view: SourceView | undefined): Promise<void> {
    if (!this.isUp) return;
    await this.#redis.noteSource(source, serviceId, view === undefined ? undefined : JSON.stringify(view));
  }

  async listViews(source: InstanceOrigin): Promise<ReadonlyMap<string, SourceView>> {
    if (!this.isUp) return new Map();
    const views = new Map<string, SourceView>();
    for (const [member, json] of await this.#redis.listSources()) {
      const { serviceId: of, instanceId: serviceId } = splitMember(member);
      if (of === source) views.set(serviceId, JSON.parse(json) as SourceView);
    }
    return views;
  }

  async listShared(): Promise<ReadonlyMap<string, SharedView> | undefined> {
    if (!this.isUp) return undefined;
    const { sequences } = await this.#redis.compare(randomUUID());
    const shared = new Map<string, SharedView>();
    for (const ids of inPortions([...sequences.keys()], READ_AT_ONCE)) {
      for (const { serviceId, sequence, entries } of await this.#redis.read(ids)) {
        const instances = entries.map(({ id, version, address }) => ({ instanceId: id, version, address }));
        shared.set(serviceId, { sequence, instances });
      }
    }
    return shared;
  }

  tick(isLate: boolean): void {
    const now = this.#now();
    if (!this.isUp) {
      this.#upSince = undefined;
      this.#comparedAt = Number.NEGATIVE_INFINITY;
      this.#outage.run();
      return;
    }
    this.#upSince ??= now;
    void this.#sendBeats();
    if (now - this.#comparedAt >= (this.#options.compareMs ?? COMPARE_MS) && !this.#isComparing) {
      const isBack = this.#comparedAt === Number.NEGATIVE_INFINITY;
      this.#comparedAt = now;
      this.#isComparing = true;
      this.#compare(isBack)
        .catch((error) => {
          this.#comparedAt = Number.NEGATIVE_INFINITY;
          this.#report(error, 'discovery was not compared');
        })
        .finally(() => {
          this.#isComparing = false;
        });
    }
    // After a stall of ours the heartbeats of the meantime still wait to be read.
    if (isLate) this.#upSince = now;
    else if (now - this.#upSince >= (this.#options.graceMs ?? GRACE_MS)) this.#expire();
  }

  #mark(serviceId: string, instanceId: string): void {
    const marks = this.#marks.get(serviceId) ?? new Map<string, number>();
    this.#marks.set(serviceId, marks.set(instanceId, ++this.#markCount));
  }

  /** Sends what is marked of a service; of `asked` the caller hears when its id is taken. */
  #send(serviceId: string, asked?: string): Promise<void> {
    return this.#inTurn(serviceId, async () => {
      const marks = this.#marks.get(serviceId) ?? new Map<string, number>();
      const registrations = new Map(
        this.#registry.registrationsOf(serviceId).map((one) => [one.request.instanceId, one]),
      );
      let holder: string | undefined;
      for (const [instanceId, mark] of [...marks]) {
        const registration = registrations.get(instanceId);
        const answer = await this.#write(serviceId, () =>
          registration === undefined
            ? this.#redis.drop(serviceId, 'all', [instanceId])
            : this.#redis.put(serviceId, entryOf(registration), registration.request.ttlMs),
        );
        if (marks.get(instanceId) === mark) marks.delete(instanceId);
        if (typeof answer === 'number') await this.#taken(serviceId, answer, registration);
        else if (registration !== undefined) {
          if (instanceId === asked) holder = answer.holder;
          this.#registry.drop(serviceId, [instanceId]);
        }
      }
      if (marks.size === 0) this.#marks.delete(serviceId);
      if (holder !== undefined) {
        throw new ApiError('INSTANCE_TAKEN', { detail: `${asked} belongs to ${holder}.` });
      }
    });
  }

  async #write<T>(serviceId: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ServiceLostError)) throw error;
      await this.#restore(serviceId);
      return work();
    }
  }

  /** Redis has counted `sequence`; when that is less than we have seen, it has lost what it had. */
  async #taken(serviceId: string, sequence: number, written?: Registration): Promise<void> {
    const applied = this.#applied.get(serviceId) ?? 0;
    if (sequence > applied) await this.#refresh([serviceId]);
    else if (sequence < applied) {
      await this.#restore(serviceId);
      if (written !== undefined) {
        await this.#redis.put(serviceId, entryOf(written), written.request.ttlMs);
        await this.#refresh([serviceId]);
      }
    }
  }

  /** Takes in what Redis holds; what is marked here is younger and stays. */
  async #refresh(serviceIds: readonly string[]): Promise<void> {
    for (const service of await this.#redis.read(serviceIds)) {
      const { serviceId, sequence } = service;
      if (sequence < (this.#applied.get(serviceId) ?? 0)) {
        await this.#restore(serviceId);
        continue;
      }
      this.#applied.set(serviceId, sequence);
      this.#registry.replace(serviceId, this.#mergeMarked(service), { sequence });
      this.#options.onService?.(service);
    }
  }

  #mergeMarked({ serviceId, entries, leases }: SharedService): Registration[] {
    const now = this.#now();
    const marks = this.#marks.get(serviceId);
    const here = new Map(this.#registry.registrationsOf(serviceId).map((one) => [one.request.instanceId, one]));
    const merged: Registration[] = [];
    for (const entry of entries) {
      if (marks?.has(entry.id)) continue;
      const left = leases.get(entry.id);
      const seenAt = left === undefined ? entry.registeredAt : now + left - entry.ttlMs;
      merged.push(registrationOf(serviceId, entry, Math.max(seenAt, here.get(entry.id)?.lastSeenAt ?? 0)));
    }
    for (const instanceId of marks?.keys() ?? []) {
      const marked = here.get(instanceId);
      if (marked !== undefined) merged.push(marked);
    }
    return merged;
  }

  async #restore(serviceId: string, mode: 'behind' | 'merge' = 'behind'): Promise<void> {
    const entries = this.#registry.registrationsOf(serviceId).map(entryOf);
    const sequence = await this.#redis.restore(serviceId, this.#applied.get(serviceId) ?? 0, mode, entries);
    // Two that restore at once end up alike: the later one only adds what is missing.
    this.#applied.set(serviceId, Math.min(sequence, this.#applied.get(serviceId) ?? 0));
    await this.#refresh([serviceId]);
  }

  async #compare(isBack: boolean): Promise<void> {
    const { epoch, serviceCount, sequences } = await this.#redis.compare(randomUUID());
    const isLost = (this.#epoch !== undefined && this.#epoch !== epoch) || serviceCount !== sequences.size;
    if (isBack) await this.#bringLeases();
    const behind: string[] = [];
    for (const serviceId of new Set([...sequences.keys(), ...this.#registry.serviceIds, ...this.#applied.keys()])) {
      const theirs = sequences.get(serviceId) ?? 0;
      const applied = this.#applied.get(serviceId) ?? 0;
      const knows = applied > 0 || this.#registry.registrationsOf(serviceId).length > 0;
      if (knows && (isLost || theirs < applied || theirs === 0)) {
        await this.#inTurn(serviceId, () => this.#restore(serviceId, isLost ? 'merge' : 'behind'));
      } else if (theirs > applied) behind.push(serviceId);
    }
    this.#epoch = epoch;
    await this.#catchUp(behind);
    for (const serviceId of [...this.#marks.keys()]) await this.#send(serviceId);
    for (const [serviceId, source] of [...this.#strayed]) await this.#bringBack(serviceId, source);
  }

  /** What a foreign registry said while Redis was away is told by the one that reads that service; the others only listen. */
  async #bringBack(serviceId: string, source: InstanceOrigin): Promise<void> {
    if (this.#replicas.isOwner(serviceId)) {
      const listed = this.#registry.registrationsOf(serviceId).filter((one) => one.source === source);
      if (!(await this.replaceSource(serviceId, source, this.mark(serviceId), listed))) return;
    } else await this.#inTurn(serviceId, () => this.#refresh([serviceId]));
    this.#strayed.delete(serviceId);
  }

  async #bringLeases(): Promise<void> {
    const now = this.#now();
    for (const serviceId of this.#registry.serviceIds) {
      for (const { source, lastSeenAt, request } of this.#registry.registrationsOf(serviceId)) {
        const leaseMs = lastSeenAt + request.ttlMs - now;
        if (source === 'builtin' && leaseMs > 0) this.#beats.set(memberOf(serviceId, request.instanceId), leaseMs);
      }
    }
    await this.#sendBeats();
  }

  async #sendBeats(): Promise<void> {
    if (this.#beats.size === 0 || !this.isUp) return;
    const leases = [...this.#beats].map(([member, leaseMs]) => ({ member, leaseMs }));
    this.#beats.clear();
    try {
      const missing = await this.#redis.beat(leases);
      await this.#catchUp([...new Set(missing.map((member) => splitMember(member).serviceId))]);
    } catch (error) {
      for (const { member, leaseMs } of leases) if (!this.#beats.has(member)) this.#beats.set(member, leaseMs);
      this.#report(error, 'heartbeats were not shared');
    }
  }

  async #catchUp(serviceIds: readonly string[]): Promise<void> {
    for (const portion of inPortions(serviceIds, READ_AT_ONCE)) {
      await Promise.all(portion.map((serviceId) => this.#inTurn(serviceId, () => this.#refresh([serviceId]))));
    }
  }

  #expire(): void {
    if (this.#isExpiring) return;
    this.#isExpiring = true;
    this.#takeOutOverdue()
      .catch((error) => this.#report(error, 'overdue instances were not taken out'))
      .finally(() => {
        this.#isExpiring = false;
      });
  }

  async #takeOutOverdue(): Promise<void> {
    const ids = new Map<string, string[]>();
    for (const { serviceId, instanceId } of await this.#redis.listOverdue(OVERDUE_AT_ONCE)) {
      if (this.#replicas.isOwner(serviceId)) ids.set(serviceId, [...(ids.get(serviceId) ?? []), instanceId]);
    }
    for (const [serviceId, instanceIds] of ids) {
      await this.#inTurn(serviceId, async () => {
        await this.#write(serviceId, () => this.#redis.drop(serviceId, 'overdue', instanceIds));
        await this.#refresh([serviceId]);
      });
    }
  }

  async #follow(): Promise<void> {
    let after: string | undefined;
    while (!this.#isStopped) {
      try {
        if (!this.isUp) await pause(200);
        else if (after === undefined) after = await this.#redis.lastEventId();
        else {
          const { lastId, sequences } = await this.#redis.readEvents(after, BLOCK_MS);
          after = lastId;
          const isNews = ([serviceId, sequence]: [string, number]) => sequence > (this.#applied.get(serviceId) ?? 0);
          await this.#catchUp([...sequences].filter(isNews).map(([serviceId]) => serviceId));
        }
      } catch (error) {
        if (this.#isStopped) return;
        // Ids are times: also a stream that begins anew goes on behind the last one. What is missed is found by comparing.
        this.#report(error, 'events of discovery were not read');
        await pause(200);
      }
    }
  }

  #report(error: unknown, what: string): void {
    if (!this.#isStopped) this.#options.onError?.(error, what);
  }
}

/** Waits for `work`, but not for ever. What goes wrong is reported, except what the caller has to know. */
async function patiently(work: Promise<void>, report: (error: unknown) => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS);
  });
  let isRefused = false;
  const done = work.catch((error: unknown) => {
    if (error instanceof ApiError) {
      isRefused = true;
      throw error;
    }
    report(error);
  });
  // After the patience has run out nobody listens any more.
  done.catch(() => isRefused);
  try {
    await Promise.race([done, patience]);
  } finally {
    clearTimeout(timer);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

function inPortions<T>(items: readonly T[], size: number): T[][] {
  const portions: T[][] = [];
  for (let at = 0; at < items.length; at += size) portions.push(items.slice(at, at + size));
  return portions;
}
