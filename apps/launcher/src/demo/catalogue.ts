/** What the demo consists of: three services in several versions, and fifty tenants spread over them. */

export interface DemoVersion {
  readonly version: string;
  readonly instanceCount: number;
  /** The one schema of a tenant that it works with; without it any will do. */
  readonly schema?: number;
}

export interface DemoService {
  readonly id: string;
  readonly name: string;
  readonly versions: readonly DemoVersion[];
  /** Basis points, adding up to 10 000. */
  readonly defaultVersions: readonly { readonly version: string; readonly weight: number }[];
  readonly fallback: 'fail' | 'baseline' | 'nearest';
}

export interface DemoTenant {
  readonly id: string;
  readonly name: string;
  readonly status: 'active' | 'suspended';
  readonly tier: string;
  readonly region: string;
  readonly tags: readonly string[];
}

export interface DemoAssignment {
  readonly tenantId: string;
  readonly serviceId: string;
  readonly version: string;
  readonly isPinned: boolean;
}

export const demoServices: readonly DemoService[] = [
  {
    id: 'payment-service',
    name: 'Payment',
    versions: [
      { version: 'v1.0.0', instanceCount: 2, schema: 1 },
      { version: 'v1.1.0', instanceCount: 2, schema: 1 },
      { version: 'v2.0.0', instanceCount: 2, schema: 2 },
    ],
    defaultVersions: [{ version: 'v1.1.0', weight: 10_000 }],
    fallback: 'fail',
  },
  {
    id: 'user-service',
    name: 'User',
    versions: [
      { version: 'v1.4.0', instanceCount: 2 },
      { version: 'v2.0.0', instanceCount: 2 },
    ],
    // A split default, so that the console has one to show: a tenth of the users see the next version.
    defaultVersions: [
      { version: 'v1.4.0', weight: 9_000 },
      { version: 'v2.0.0', weight: 1_000 },
    ],
    fallback: 'baseline',
  },
  {
    id: 'order-service',
    name: 'Order',
    versions: [
      { version: 'v1.2.0', instanceCount: 2 },
      { version: 'v1.3.0', instanceCount: 2 },
      { version: 'v2.0.0-beta.1', instanceCount: 2 },
    ],
    defaultVersions: [{ version: 'v1.3.0', weight: 10_000 }],
    fallback: 'nearest',
  },
];

const FIRST = ['Acorn', 'Birch', 'Cedar', 'Delta', 'Ember', 'Fjord', 'Grove', 'Harbor', 'Indigo', 'Juniper'] as const;
const SECOND = ['Foods', 'Logistics', 'Health', 'Studios', 'Energy'] as const;
const TIERS = ['enterprise', 'business', 'starter'] as const;
const REGIONS = ['eu-west', 'us-east', 'ap-south'] as const;

export const demoTenants: readonly DemoTenant[] = FIRST.flatMap((first, row) =>
  SECOND.map((second, column) => {
    const index = row * SECOND.length + column;
    return {
      id: `${first}-${second}`.toLowerCase(),
      name: `${first} ${second}`,
      status: index === 43 ? 'suspended' : 'active',
      tier: pick(TIERS, index * 7 + row),
      region: pick(REGIONS, index),
      tags: [`wave-${(index % 3) + 1}`, ...(index % 8 === 0 ? ['beta'] : [])],
    } satisfies DemoTenant;
  }),
);

/** The tenant the printed curl line asks for; it has an assignment, so that moving it shows. */
export const shownTenantId = 'acorn-foods';

/** About half of the pairs; the rest follows the default of its service. */
export const demoAssignments: readonly DemoAssignment[] = demoTenants.flatMap((tenant, index) =>
  demoServices.flatMap((service, column) => {
    const turn = (index * 5 + column * 3) % 8;
    if (tenant.id !== shownTenantId && turn > 4) return [];
    const isBeta = tenant.tags.includes('beta') && tenant.id !== shownTenantId;
    const newest = service.versions.length - 1;
    const chosen = isBeta ? newest : turn % service.versions.length;
    const version = (service.versions[chosen] as DemoVersion).version;
    return [{ tenantId: tenant.id, serviceId: service.id, version, isPinned: index % 17 === 5 }];
  }),
);

/** The service whose tenants have schemas of their own, and the version that brings migrations for them. */
export const migratedService = { serviceId: 'payment-service', version: 'v2.0.0', schema: 2 } as const;

export interface DemoTenantSchema {
  readonly tenantId: string;
  /** Its name in the shared database. */
  readonly schema: string;
  /** As the version that it is assigned to needs it. */
  readonly isNew: boolean;
}

/**
 * Tenants that are assigned a version of that service have a schema for it. The tenant of the printed line has none, so that
 * it can be moved about with nothing but an assignment.
 */
export const demoTenantSchemas: readonly DemoTenantSchema[] = demoAssignments
  .filter(({ tenantId, serviceId }) => serviceId === migratedService.serviceId && tenantId !== shownTenantId)
  .map(({ tenantId, version }) => ({
    tenantId,
    schema: tenantId.replaceAll('-', '_'),
    isNew: version === migratedService.version,
  }));

function pick(values: readonly string[], index: number): string {
  return values[index % values.length] as string;
}
