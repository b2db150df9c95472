import { randomUUID } from 'node:crypto';
import { DiscoveryEvents } from './discovery-events.ts';
import { type DiscoveryRedis, type SharedService, splitMember } from './discovery-redis.ts';
import type { InstanceRegistry } from './instance-registry.ts';
import type { InstanceSharing, SharedView, SourceView } from './instance-sharing.ts';
import type { LiveReplicas } from './live-replicas.ts';
import { OutageExpiry } from './outage-expiry.ts';
import type { InstanceOrigin, Registration } from './registration.ts';
import { SharedLeases } from './shared-leases.ts';
import { SharedServices } from './shared-services.ts';
import { waitPatiently } from './wait-patiently.ts';

/** A caller waits so long for the others to know; afterwards they learn of it by the way. */
const PATIENCE_MS = 500;
const COMPARE_MS = 2_000;
/** After Redis came back, every replica first brings the leases that ran on meanwhile, and what it was told. */
const GRACE_MS = 5_000;
const READ_AT_ONCE = 50;

export interface RedisSharingOptions {
  readonly now?: () => number;
  /** Whoever wants to know that a service stands differently in Redis: the writer of the sets. */
  readonly onService?: (service: SharedService) => void;
  readonly onError?: (error: unknown, what: string) => void;
  readonly graceMs?: number;
  readonly compareMs?: number;
  /** While Redis is away, instances whose heartbeats are missed are asked for a connection so often. */
  readonly probeMs?: number;
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
  readonly #services: SharedServices;
  readonly #leases: SharedLeases;
  readonly #events: DiscoveryEvents;
  readonly #outage: OutageExpiry;
  /** Services whose foreign instances were changed here while Redis was away. */
  readonly #strayed = new Map<string, InstanceOrigin>();
  #epoch: string | undefined;
  #upSince: number | undefined;
  #comparedAt = Number.NEGATIVE_INFINITY;
  #isComparing = false;
  #isExpiring = false;
  #isStopped = false;

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
    const now = options.now ?? Date.now;
    this.#now = now;
    this.#services = new SharedServices(registry, redis, { now, onService: options.onService });
    const onError = (error: unknown, what: string) => this.#report(error, what);
    this.#leases = new SharedLeases({ registry, redis, services: this.#services, now, onError });
    this.#events = new DiscoveryEvents(
      redis,
      (sequences) => this.#hear(sequences),
      (error) => this.#report(error, 'events of discovery were not read'),
    );
    this.#outage = new OutageExpiry(registry, now, options.probeMs);
  }

  get isUp(): boolean {
    return this.#redis.isUp;
  }

  start(): void {
    this.#events.start();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#leases.stop();
    await this.#events.stop();
  }

  async shareWritten(serviceId: string, instanceId: string): Promise<void> {
    this.#services.mark(serviceId, instanceId);
    if (!this.isUp) return;
    const sending = this.#services.send(serviceId, instanceId);
    await waitPatiently(sending, PATIENCE_MS, (error) => this.#report(error, 'an instance was not shared'));
  }

  async shareChecked(serviceId: string, instanceId: string): Promise<void> {
    const registration = this.#registry.registrationsOf(serviceId).find((one) => one.request.instanceId === instanceId);
    if (registration === undefined) return;
    if (!this.isUp) return this.#services.mark(serviceId, instanceId);
    await this.#services
      .sendCheck(registration)
      .catch((error) => this.#report(error, 'the result of a check was not shared'));
  }

  shareBeat(registration: Registration): void {
    this.#leases.extend(registration);
  }

  async fetch(instanceId: string): Promise<void> {
    if (!this.isUp) return;
    const look = async () => {
      const holder = await this.#redis.findHolder(instanceId);
      if (holder !== undefined) await this.#services.refresh(holder);
    };
    await waitPatiently(look(), PATIENCE_MS, (error) => this.#report(error, 'an instance was not looked for'));
  }

  async freshen(serviceId: string): Promise<void> {
    if (!this.isUp) return;
    const reading = this.#services.refresh(serviceId);
    await waitPatiently(reading, PATIENCE_MS, (error) => this.#report(error, 'a service was not read'));
  }

  mark(serviceId: string): number {
    return this.#services.appliedOf(serviceId);
  }

  async replaceSource(
    serviceId: string,
    source: InstanceOrigin,
    mark: number,
    registrations: readonly Registration[],
  ): Promise<boolean> {
    if (this.isUp) return this.#services.replaceSource(serviceId, source, mark, registrations);
    if (this.#registry.replace(serviceId, registrations, { source })) this.#strayed.set(serviceId, source);
    return true;
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
    const serviceIds = [...(await this.#redis.compare(randomUUID())).sequences.keys()];
    const shared = new Map<string, SharedView>();
    for (let at = 0; at < serviceIds.length; at += READ_AT_ONCE) {
      for (const { serviceId, sequence, entries } of await this.#redis.read(serviceIds.slice(at, at + READ_AT_ONCE))) {
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
    void this.#leases.send();
    if (now - this.#comparedAt >= (this.#options.compareMs ?? COMPARE_MS)) void this.#compareOnce(now);
    // After a stall of ours the heartbeats of the meantime still wait to be read.
    if (isLate) this.#upSince = now;
    else if (this.#isSettled(now)) void this.#expireOnce();
  }

  /** Redis has been there long enough for everybody to have brought what happened while it was not. */
  #isSettled(now: number): boolean {
    return this.#upSince !== undefined && now - this.#upSince >= (this.#options.graceMs ?? GRACE_MS);
  }

  async #hear(sequences: ReadonlyMap<string, number>): Promise<void> {
    const news = [...sequences].filter(([serviceId, sequence]) => sequence > this.#services.appliedOf(serviceId));
    await this.#services.refreshAll(news.map(([serviceId]) => serviceId));
  }

  async #compareOnce(now: number): Promise<void> {
    if (this.#isComparing) return;
    const isBack = this.#comparedAt === Number.NEGATIVE_INFINITY;
    this.#comparedAt = now;
    this.#isComparing = true;
    try {
      await this.#compare(isBack);
    } catch (error) {
      this.#comparedAt = Number.NEGATIVE_INFINITY;
      this.#report(error, 'discovery was not compared');
    } finally {
      this.#isComparing = false;
    }
  }

  async #compare(isBack: boolean): Promise<void> {
    const { epoch, serviceCount, sequences } = await this.#redis.compare(randomUUID());
    const isLost = (this.#epoch !== undefined && this.#epoch !== epoch) || serviceCount !== sequences.size;
    if (isBack) await this.#leases.bringAll();
    const behind: string[] = [];
    for (const serviceId of new Set([...sequences.keys(), ...this.#services.serviceIds])) {
      const theirs = sequences.get(serviceId) ?? 0;
      const applied = this.#services.appliedOf(serviceId);
      const knows = applied > 0 || this.#registry.registrationsOf(serviceId).length > 0;
      if (knows && (isLost || theirs < applied || theirs === 0)) {
        await this.#services.restore(serviceId, isLost ? 'merge' : 'behind');
      } else if (theirs > applied) behind.push(serviceId);
    }
    this.#epoch = epoch;
    await this.#services.refreshAll(behind);
    for (const serviceId of this.#services.markedServiceIds) await this.#services.send(serviceId);
    for (const [serviceId, source] of [...this.#strayed]) await this.#bringBack(serviceId, source);
  }

  /**
   * What a foreign registry said while Redis was away is told by the one that reads that service. The others were told the
   * same and wait for it; what is in Redis until then is older than what they know.
   */
  async #bringBack(serviceId: string, source: InstanceOrigin): Promise<void> {
    if (this.#replicas.isOwner(serviceId)) {
      const listed = this.#registry.registrationsOf(serviceId).filter((one) => one.source === source);
      const isTaken = await this.#services.replaceSource(serviceId, source, this.mark(serviceId), listed);
      if (!isTaken) return;
    } else {
      if (!this.#isSettled(this.#now())) return;
      await this.#services.refresh(serviceId);
    }
    this.#strayed.delete(serviceId);
  }

  async #expireOnce(): Promise<void> {
    if (this.#isExpiring) return;
    this.#isExpiring = true;
    try {
      await this.#leases.takeOutOverdue((serviceId) => this.#replicas.isOwner(serviceId));
    } catch (error) {
      this.#report(error, 'overdue instances were not taken out');
    } finally {
      this.#isExpiring = false;
    }
  }

  #report(error: unknown, what: string): void {
    if (!this.#isStopped) this.#options.onError?.(error, what);
  }
}
