import { z } from 'zod';
import { type SourceInstance, SourceUnavailableError } from './registry-source.ts';

/** The instance as both APIs write it. Numbers and texts are taken as they come; what makes no sense is for the mapping to tell. */
const instanceSchema = z.object({
  instanceId: z.string().nullish(),
  ip: z.string(),
  port: z.number(),
  weight: z.number().nullish(),
  healthy: z.boolean(),
  enabled: z.boolean().nullish(),
  ephemeral: z.boolean().nullish(),
  clusterName: z.string().nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
});
type NacosInstance = z.infer<typeof instanceSchema>;

const v1InstancesSchema = z.object({ name: z.string(), hosts: z.array(instanceSchema) });
const v1ServicesSchema = z.object({ count: z.number(), doms: z.array(z.string()) });
const v3InstancesSchema = z.object({ code: z.literal(0), data: z.array(instanceSchema) });
const v3ClustersSchema = z.object({
  code: z.literal(0),
  data: z.object({ clusterMap: z.record(z.string(), z.unknown()).nullish() }),
});
const v3ServicesSchema = z.object({
  code: z.literal(0),
  data: z.object({
    totalCount: z.number(),
    pageItems: z.array(z.object({ name: z.string(), groupName: z.string() })),
  }),
});
const v3DetailsSchema = z.object({
  code: z.literal(0),
  data: z.object({
    totalCount: z.number(),
    pageItems: z.array(
      z.object({
        serviceName: z.string(),
        groupName: z.string(),
        clusterMap: z.record(z.string(), z.object({ hosts: z.array(instanceSchema).nullish() })).nullish(),
      }),
    ),
  }),
});

/** Where the instances of an answer belong: the servers do not repeat it with each, or not in the same words. */
export interface Place {
  readonly namespace: string;
  readonly group: string;
}

/** @throws SourceUnavailableError GARBAGE, here and below */
export function readV1Instances(body: unknown, serviceName: string, place: Place): SourceInstance[] {
  const { hosts } = check(v1InstancesSchema, body, 'v1 list of instances');
  return hosts.map((host) => toSourceInstance(host, serviceName, place));
}

export function readV1Services(body: unknown): { totalCount: number; names: string[] } {
  const { count, doms } = check(v1ServicesSchema, body, 'v1 list of services');
  return { totalCount: count, names: doms };
}

/** Codes of "there is no such service": 3.1 says "server error", the list of codes "resource" or "service not found". */
const NO_SUCH_SERVICE = z.object({ code: z.union([z.literal(20_004), z.literal(21_008), z.literal(30_000)]) });

/** What came with a 404: nothing, as long as it is the service, or one of its clusters, that is not there. */
export function readV3Missing(body: unknown): [] {
  check(NO_SUCH_SERVICE, body, 'v3 answer for a service that is not there');
  return [];
}

/** Names of the clusters of a service. */
export function readV3Clusters(body: unknown): string[] {
  const { data } = check(v3ClustersSchema, body, 'v3 detail of a service');
  return Object.keys(data.clusterMap ?? {});
}

export function readV3Instances(body: unknown, serviceName: string, place: Place): SourceInstance[] {
  const { data } = check(v3InstancesSchema, body, 'v3 list of instances');
  return data.map((host) => toSourceInstance(host, serviceName, place));
}

/** `itemCount` counts the services of all groups on this page: the server takes the group as a part of a name. */
export function readV3Services(
  body: unknown,
  place: Place,
): { totalCount: number; itemCount: number; names: string[] } {
  const { data } = check(v3ServicesSchema, body, 'v3 list of services');
  const names = data.pageItems.filter((item) => item.groupName === place.group).map((item) => item.name);
  return { totalCount: data.totalCount, itemCount: data.pageItems.length, names };
}

/** A page of services with their instances, by the name of the service. */
export function readV3Details(
  body: unknown,
  place: Place,
): { totalCount: number; itemCount: number; instances: Map<string, SourceInstance[]> } {
  const { data } = check(v3DetailsSchema, body, 'v3 list of services with instances');
  const instances = new Map<string, SourceInstance[]>();
  for (const { serviceName, groupName, clusterMap } of data.pageItems) {
    if (groupName !== place.group) continue;
    const hosts = Object.values(clusterMap ?? {}).flatMap((cluster) => cluster.hosts ?? []);
    instances.set(
      serviceName,
      hosts.map((host) => toSourceInstance(host, serviceName, place)),
    );
  }
  return { totalCount: data.totalCount, itemCount: data.pageItems.length, instances };
}

function toSourceInstance(host: NacosInstance, serviceName: string, place: Place): SourceInstance {
  const cluster = host.clusterName || 'DEFAULT';
  return {
    serviceName,
    // Not every path by which an instance was registered gives it an id; those that do make it like this.
    instanceId: host.instanceId || `${host.ip}#${host.port}#${cluster}#${place.group}@@${serviceName}`,
    ip: host.ip,
    port: host.port,
    weight: host.weight ?? 1,
    isEnabled: host.enabled ?? true,
    isHealthy: host.healthy,
    isEphemeral: host.ephemeral ?? true,
    cluster,
    group: place.group,
    namespace: place.namespace,
    metadata: textsOf(host.metadata ?? {}),
  };
}

/** Metadata are texts by agreement; clients of other languages send numbers and nulls as well. */
function textsOf(metadata: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}

function check<T extends z.ZodType>(schema: T, body: unknown, what: string): z.infer<T> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const where = result.error.issues[0]?.path.join('.') ?? '';
  throw new SourceUnavailableError('GARBAGE', `Nacos: this is no ${what} (at "${where}").`);
}
