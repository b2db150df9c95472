import type { CreateTenant, Tenant, UpdateTenant } from '../../api/generated/model/index.ts';

/** Fields of the tenant form; metadata as lines `key=value`. */
export interface TenantFields {
  id: string;
  name: string;
  status: 'active' | 'suspended';
  tier: string;
  region: string;
  tags: string[];
  metadata: string;
  reason: string;
}

export function fieldsOf(tenant: Tenant | undefined): TenantFields {
  return {
    id: tenant?.id ?? '',
    name: tenant?.name ?? '',
    status: tenant?.status ?? 'active',
    tier: tenant?.tier ?? '',
    region: tenant?.region ?? '',
    tags: tenant?.tags ?? [],
    metadata: Object.entries(tenant?.metadata ?? {})
      .map(([key, value]) => `${key}=${value}`)
      .join('\n'),
    reason: '',
  };
}

/** Parses lines `key=value`; undefined when a line has no `=` or no key. */
export function parseMetadata(text: string): Record<string, string> | undefined {
  const pairs: Record<string, string> = {};
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const at = line.indexOf('=');
    if (at < 1) return undefined;
    pairs[line.slice(0, at).trim()] = line.slice(at + 1).trim();
  }
  return pairs;
}

function bodyOf(fields: TenantFields) {
  return {
    name: fields.name.trim(),
    status: fields.status,
    tier: fields.tier.trim() || null,
    region: fields.region.trim() || null,
    tags: fields.tags,
    metadata: parseMetadata(fields.metadata) ?? {},
    ...(fields.reason.trim() ? { reason: fields.reason.trim() } : {}),
  };
}

export function toCreateTenant(fields: TenantFields): CreateTenant {
  return { id: fields.id.trim(), ...bodyOf(fields) };
}

/** Only what differs from `tenant`, so that another operator's edit of another field is not undone. */
export function toUpdateTenant(fields: TenantFields, tenant: Tenant): UpdateTenant {
  const { reason, ...next } = bodyOf(fields);
  const changed = Object.entries(next).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(tenant[key as keyof Tenant]),
  );
  return { ...Object.fromEntries(changed), ...(reason && changed.length > 0 ? { reason } : {}) };
}
