import { createHash } from 'node:crypto';
import {
  addressSchema,
  instanceIdSchema,
  regionSchema,
  serviceIdSchema,
  tagSchema,
  versionLabelSchema,
} from '@grey/contracts';
import type { InstanceRecord } from '@grey/route-core';
import type { SourceInstance } from './registry-source.ts';

export interface MappingOptions {
  /** Version of instances that name none. Without it they are rejected. */
  readonly baselineVersion?: string | undefined;
  /** What a weight of 1 becomes. Default 100. */
  readonly weightUnit?: number | undefined;
}

/** What the router keeps of an instance of a foreign registry. */
export interface SourcedInstance extends InstanceRecord {
  readonly environment: string | null;
  readonly cluster: string;
  readonly group: string;
  readonly namespace: string;
  /** The registry calls it unhealthy when no beat came for so long; null when it is never taken out for that. */
  readonly ttlMs: number | null;
  /** What had registered it (`preserved.register.source`): `SPRING_CLOUD`, `DUBBO`; null when it does not say. */
  readonly registeredBy: string | null;
}

export type MappedInstance =
  | {
      readonly instance: SourcedInstance;
      /** It named no version and got the baseline. */
      readonly isUntagged: boolean;
      /** What of it was left out because it cannot be kept, in words. */
      readonly notes: readonly string[];
    }
  | { readonly rejected: RejectedInstance };

export interface RejectedInstance {
  readonly serviceName: string;
  /** As the registry calls it. */
  readonly instanceId: string;
  readonly reason: string;
  /** It is rejected for lack of a version. */
  readonly isUntagged: boolean;
}

/** Metadata of these names is between the registry and its clients. */
const PRESERVED = 'preserved.';
const DEFAULT_TTL_MS = 15_000;
const MOST_WEIGHT = 10_000;
const WEIGHT_UNIT = 100;
const MOST_TAGS = 32;

/**
 * Reads our terms into an instance of a registry: `metadata.version`, `region` or `zone`, `environment` or `env`, and
 * `tags` (separated by commas). Without name, address and version it cannot be routed to and is rejected, with the
 * reason; anything else that cannot be kept is left out, with a note.
 */
export function toRegistered(source: SourceInstance, options: MappingOptions = {}): MappedInstance {
  const { serviceName, metadata } = source;
  const ownVersion = metadata.version?.trim() || undefined;
  const isUntagged = ownVersion === undefined;
  const version = ownVersion ?? options.baselineVersion;
  const address = `${source.ip.includes(':') ? `[${source.ip}]` : source.ip}:${source.port}`;
  const reject = (reason: string): MappedInstance => ({
    rejected: { serviceName, instanceId: source.instanceId, reason, isUntagged },
  });
  if (!serviceIdSchema.safeParse(serviceName).success) return reject(`"${cut(serviceName)}" cannot be a service here`);
  if (!addressSchema.safeParse(address).success) return reject(`"${cut(address)}" is no address`);
  if (version === undefined) return reject('it names no version, and there is no baseline for such');
  if (!versionLabelSchema.safeParse(version).success) return reject(`"${cut(version)}" is no version`);
  if (!(source.weight >= 0)) return reject(`"${source.weight}" is no weight`);
  const notes: string[] = [];
  const region = keep(regionSchema, 'region', metadata.region ?? metadata.zone, notes);
  const tags = readTags(metadata.tags, notes);
  const instance: SourcedInstance = {
    serviceId: serviceName,
    instanceId: idOf(source),
    version,
    address,
    weight: toWeight(source.weight, options.weightUnit ?? WEIGHT_UNIT),
    health: source.isHealthy ? 'healthy' : 'unhealthy',
    isEnabled: source.isEnabled,
    ...(region === undefined ? {} : { region }),
    tags,
    environment: keep(tagSchema, 'environment', metadata.environment ?? metadata.env, notes) ?? null,
    cluster: source.cluster,
    group: source.group,
    namespace: source.namespace,
    ttlMs: source.isEphemeral ? ttlOf(metadata) : null,
    registeredBy: metadata[`${PRESERVED}register.source`] ?? null,
  };
  return { instance, isUntagged, notes };
}

/**
 * What a weight of 1 becomes in this service: 100, unless its heaviest instance would then weigh more than 10 000. Some
 * give weights like 1 and 2, others like 100 and 1 000, and it is the ratio that counts.
 */
export function weightUnitOf(instances: readonly SourceInstance[]): number {
  const heaviest = Math.max(1, ...instances.map(({ weight }) => weight).filter(Number.isFinite));
  return Math.min(WEIGHT_UNIT, MOST_WEIGHT / heaviest);
}

/** Only 0 takes no traffic; something light stays something. */
function toWeight(weight: number, unit: number): number {
  return weight === 0 ? 0 : Math.min(MOST_WEIGHT, Math.max(1, Math.round(weight * unit)));
}

/** Ours are unique over all services and print well: `orders:10.0.0.1:8080`, with the cluster unless it is the usual one. */
function idOf({ serviceName, ip, port, cluster }: SourceInstance): string {
  const id = [serviceName, ip, port, ...(cluster === 'DEFAULT' ? [] : [cluster])].join(':');
  if (instanceIdSchema.safeParse(id).success) return id;
  return `${serviceName}:${createHash('sha256').update(id).digest('hex').slice(0, 24)}`;
}

/** Nacos's own names for it; a client that beats every 20 s says so here and must not be called overdue after 15. */
function ttlOf(metadata: Readonly<Record<string, string>>): number {
  const ttlMs = Number(metadata[`${PRESERVED}heart.beat.timeout`]);
  return Number.isFinite(ttlMs) && ttlMs > 0 ? ttlMs : DEFAULT_TTL_MS;
}

function readTags(text: string | undefined, notes: string[]): string[] {
  const words = [...new Set((text ?? '').split(',').map((word) => word.trim()))].filter((word) => word !== '');
  const tags = words.filter((word) => keep(tagSchema, 'tag', word, notes) !== undefined);
  if (tags.length > MOST_TAGS) notes.push(`${tags.length - MOST_TAGS} of ${tags.length} tags left out`);
  return tags.slice(0, MOST_TAGS);
}

function keep(schema: typeof tagSchema, name: string, text: string | undefined, notes: string[]): string | undefined {
  const value = text?.trim();
  if (value === undefined || value === '') return undefined;
  if (schema.safeParse(value).success) return value;
  notes.push(`"${cut(value)}" cannot be a ${name} here and was left out`);
  return undefined;
}

/** What comes from outside is printed in part only. */
function cut(text: string): string {
  return text.length <= 64 ? text : `${text.slice(0, 64)}…`;
}
