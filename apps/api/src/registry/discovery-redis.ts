import { redisKeys } from '@grey/contracts';
import * as scripts from './discovery-scripts.ts';
import { type InstanceEntry, parseEntry } from './instance-entry.ts';
import type { InstanceOrigin } from './registration.ts';

/** What discovery needs of a connection to Redis. */
export interface DiscoveryLink {
  /** False: do not even ask. */
  readonly isUp: boolean;
  /** Runs a script by its hash. Rejects when Redis cannot be reached in time. */
  run(script: scripts.DiscoveryScript, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>;
  /** Entries of a stream behind `after`, waiting up to `blockMs` for one, on a connection of its own. */
  readStream(key: string, after: string, blockMs: number): Promise<readonly StreamEntry[]>;
  /** Ends the reading; the shared connection is not ours to close. */
  close(): void;
}

export interface StreamEntry {
  readonly id: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** One service as it stands in Redis. `leases`: what is left of each, in ms; negative when it is over. */
export interface SharedService {
  readonly serviceId: string;
  readonly sequence: number;
  readonly versions: readonly string[];
  readonly entries: readonly InstanceEntry[];
  readonly leases: ReadonlyMap<string, number>;
}

/** What replicas compare to find out whether they have missed anything, or Redis has lost anything. */
export interface Comparison {
  readonly epoch: string;
  readonly serviceCount: number;
  readonly sequences: ReadonlyMap<string, number>;
}

const ENTRIES = { name: 'discovery-sources', lua: "return redis.call('HGETALL', KEYS[1])" };
const NOTE = { name: 'discovery-note-source', lua: "return redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])" };
const FORGET = { name: 'discovery-forget-source', lua: "return redis.call('HDEL', KEYS[1], ARGV[1])" };
const LAST = { name: 'discovery-last', lua: "return redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)" };

/** Redis has counted this service but lost its list; what is known of it has to be brought back before anything is written. */
export class ServiceLostError extends Error {
  override readonly name = 'ServiceLostError';
}

/** The discovery keys of Redis, typed. Every method rejects when Redis cannot be reached. */
export class DiscoveryRedis {
  readonly #link: DiscoveryLink;

  constructor(link: DiscoveryLink) {
    this.#link = link;
  }

  get isUp(): boolean {
    return this.#link.isUp;
  }

  /** @returns the sequence, or the service that holds the id */
  async put(serviceId: string, entry: InstanceEntry, leaseMs: number): Promise<number | { holder: string }> {
    const answer = await this.#run(scripts.putScript, serviceId, JSON.stringify(entry), leaseMs);
    return Array.isArray(answer) ? { holder: String(answer[0]) } : Number(answer);
  }

  async drop(serviceId: string, which: 'all' | 'overdue', instanceIds: readonly string[]): Promise<number> {
    return Number(await this.#run(scripts.dropScript, serviceId, which, ...instanceIds));
  }

  /** @returns members without a lease */
  async beat(leases: readonly { member: string; leaseMs: number }[]): Promise<string[]> {
    const args = leases.flatMap(({ member, leaseMs }) => [member, leaseMs]);
    return (await this.#run(scripts.beatScript, ...args)) as string[];
  }

  async listOverdue(limit: number): Promise<{ serviceId: string; instanceId: string }[]> {
    const members = (await this.#run(scripts.overdueScript, limit)) as string[];
    return members.map(splitMember);
  }

  /** @returns the sequence; undefined when somebody has written since `seen` */
  async replaceSource(
    serviceId: string,
    source: InstanceOrigin,
    seen: number,
    entries: readonly InstanceEntry[],
  ): Promise<number | undefined> {
    const answer = Number(await this.#run(scripts.replaceScript, serviceId, source, seen, JSON.stringify(entries)));
    return answer === -1 ? undefined : answer;
  }

  async noteCheck(serviceId: string, { id, address, checked, checkDetail, checkedAt }: InstanceEntry): Promise<number> {
    const args = [serviceId, id, address, checked, checkDetail ?? '', checkedAt ?? 0];
    return Number(await this.#run(scripts.checkScript, ...args));
  }

  async restore(
    serviceId: string,
    known: number,
    mode: 'behind' | 'merge',
    entries: readonly InstanceEntry[],
  ): Promise<number> {
    return Number(await this.#run(scripts.restoreScript, serviceId, known, mode, JSON.stringify(entries)));
  }

  async read(serviceIds: readonly string[]): Promise<SharedService[]> {
    const answer = (await this.#run(scripts.readScript, ...serviceIds)) as unknown[];
    const now = Number(answer[0]);
    return serviceIds.map((serviceId, at) =>
      parseService(serviceId, answer[1 + 2 * at], answer[2 + 2 * at] as string[], now),
    );
  }

  async compare(freshEpoch: string): Promise<Comparison> {
    const answer = (await this.#run(scripts.compareScript, freshEpoch)) as [string, number, string[]];
    const sequences = new Map(pairsOf(answer[2]).map(([serviceId, sequence]) => [serviceId, Number(sequence)]));
    return { epoch: answer[0], serviceCount: answer[1], sequences };
  }

  async findHolder(instanceId: string): Promise<string | undefined> {
    const [holder] = (await this.#run(scripts.holdersScript, instanceId)) as (string | null)[];
    return holder ?? undefined;
  }

  async keepVersions(serviceId: string, sequence: number, versions: readonly string[]): Promise<void> {
    await this.#run(scripts.keepVersionsScript, serviceId, sequence, ...versions);
  }

  async writeSet(key: string, ttlSeconds: number, members: readonly string[]): Promise<void> {
    await this.#link.run(scripts.writeSetScript, [key], [ttlSeconds, ...members]);
  }

  async noteSource(source: string, serviceId: string, view: string | undefined): Promise<void> {
    const field = `${source}/${serviceId}`;
    if (view === undefined) await this.#link.run(FORGET, [redisKeys.discoverySources], [field]);
    else await this.#link.run(NOTE, [redisKeys.discoverySources], [field, view]);
  }

  /** `source/service id` → what {@link noteSource} noted. */
  async listSources(): Promise<ReadonlyMap<string, string>> {
    return new Map(pairsOf((await this.#link.run(ENTRIES, [redisKeys.discoverySources], [])) as string[]));
  }

  /** Where the stream of events stands now. */
  async lastEventId(): Promise<string> {
    const entries = (await this.#link.run(LAST, [redisKeys.discoveryEvents], [])) as [string, string[]][];
    return entries[0]?.[0] ?? '0-0';
  }

  async readEvents(
    after: string,
    blockMs: number,
  ): Promise<{ lastId: string; sequences: ReadonlyMap<string, number> }> {
    const entries = await this.#link.readStream(redisKeys.discoveryEvents, after, blockMs);
    const sequences = new Map<string, number>();
    for (const { fields } of entries) {
      if (fields.service !== undefined) sequences.set(fields.service, Number(fields.sequence));
    }
    return { lastId: entries.at(-1)?.id ?? after, sequences };
  }

  close(): void {
    this.#link.close();
  }

  async #run(script: scripts.DiscoveryScript, ...args: (string | number)[]): Promise<unknown> {
    const answer = await this.#link.run(script, scripts.discoveryKeys, args);
    if (answer === -2) throw new ServiceLostError(`Redis has lost the instances of ${args[0]}`);
    return answer;
  }
}

/** Neither kind of id may hold a slash. */
export function memberOf(serviceId: string, instanceId: string): string {
  return `${serviceId}/${instanceId}`;
}

export function splitMember(member: string): { serviceId: string; instanceId: string } {
  const at = member.indexOf('/');
  return { serviceId: member.slice(0, at), instanceId: member.slice(at + 1) };
}

function parseService(serviceId: string, json: unknown, leases: readonly string[], now: number): SharedService {
  const state = parseJson(json);
  const entries = Array.isArray(state.instances) ? state.instances.map(parseEntry) : [];
  const versions = Array.isArray(state.versions) ? state.versions.map(String) : [];
  return {
    serviceId,
    sequence: Number(state.sequence ?? 0),
    versions,
    entries: entries.filter((entry) => entry !== undefined),
    leases: new Map(pairsOf(leases).map(([id, ends]) => [id, Number(ends) - now])),
  };
}

function parseJson(json: unknown): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(String(json));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    // Lost or overwritten by somebody: it counts as empty, and what replicas know is brought back.
    return {};
  }
}

function pairsOf(flat: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) pairs.push([flat[at]!, flat[at + 1]!]);
  return pairs;
}
