import type {
  AssignmentRecord,
  InstanceRecord,
  ServiceRecord,
  SnapshotSource,
  TenantRecord,
  VersionRecord,
} from '@grey/route-core';
import { makeRules } from './make-rules.ts';
import { seededRandom } from './seeded-random.ts';

/** How large a made-up configuration is. Everything not given has a small default. */
export interface SnapshotShape {
  readonly tenantCount: number;
  readonly serviceCount: number;
  /** Versions of each service. Default 3. */
  readonly versionCount?: number;
  /** Instances of each version. Default 2. */
  readonly instanceCount?: number;
  /** Share of tenant × service pairs that have an assignment of their own, 0 … 1. Default 1. */
  readonly assignedShare?: number;
  /** Live rules of each service, as `makeRules` makes them. Default 0. */
  readonly rulesPerService?: number;
  /** Same seed, same result. Default 1. */
  readonly seed?: number;
}

const REGIONS = ['eu', 'us', 'ap'] as const;

/**
 * Makes a configuration with `t0 …` tenants, `service-0 …` services and `v1.0.0 …` versions, every version with live
 * instances, deterministically from the seed.
 */
export function makeSnapshotSource(shape: SnapshotShape): SnapshotSource {
  const { tenantCount, serviceCount, versionCount = 3, instanceCount = 2, assignedShare = 1, seed = 1 } = shape;
  const { rulesPerService = 0 } = shape;
  const random = seededRandom(seed);
  const versions = Array.from({ length: versionCount }, (_, index) => makeVersion(index));
  const tenants = Array.from({ length: tenantCount }, (_, index) => makeTenant(index));
  const services = Array.from({ length: serviceCount }, (_, index) => makeService(index, versions, rulesPerService));
  const assignments: AssignmentRecord[] = [];
  for (const tenant of tenants) {
    for (const service of services) {
      if (random() >= assignedShare) continue;
      const version = versions[Math.floor(random() * versions.length)] as VersionRecord;
      assignments.push({
        tenantId: tenant.id,
        serviceId: service.id,
        version: version.version,
        isPinned: random() < 0.02,
      });
    }
  }
  const instances = services.flatMap((service, serviceIndex) =>
    versions.flatMap((version, versionIndex) =>
      Array.from({ length: instanceCount }, (_, index) =>
        makeInstance(service.id, version.version, (serviceIndex * versionCount + versionIndex) * instanceCount + index),
      ),
    ),
  );
  return {
    position: { epoch: '00000000-test', revision: 1 },
    tenants,
    services,
    assignments,
    schemas: [],
    holds: [],
    instances,
  };
}

function makeTenant(index: number): TenantRecord {
  return {
    id: `t${index}`,
    status: 'active',
    region: REGIONS[index % REGIONS.length] as string,
    tags: [`group-${index % 10}`],
  };
}

function makeVersion(index: number): VersionRecord {
  return { version: `v${index + 1}.0.0`, ordinal: index + 1, status: 'active' };
}

function makeService(index: number, versions: readonly VersionRecord[], ruleCount: number): ServiceRecord {
  const names = versions.map(({ version }) => version);
  return {
    id: `service-${index}`,
    unknownTenant: 'reject',
    balancer: 'round_robin',
    fallback: 'fail',
    defaults: [{ version: (versions[0] as VersionRecord).version, weight: 10_000 }],
    versions,
    ...(ruleCount === 0 ? {} : { ruleSet: makeRules(ruleCount, names) }),
  };
}

function makeInstance(serviceId: string, version: string, number: number): InstanceRecord {
  return {
    serviceId,
    instanceId: `i${number}`,
    version,
    address: `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}:8080`,
    weight: 100,
    health: 'healthy',
    isEnabled: true,
    region: REGIONS[number % REGIONS.length] as string,
  };
}
