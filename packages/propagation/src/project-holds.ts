import type { HoldRecord } from '@grey/route-core';

/**
 * The fields of `service:{service}:holds`, flat, so that any language finds a tenant's hold by one look-up however many
 * tenants a hold names. Of several holds with the same field the lowest id applies, as in the engine.
 *
 * @param holds of one service
 * @returns field → `{to} {hold id}`
 */
export function projectHolds(holds: Iterable<HoldRecord>): Map<string, string> {
  const fields = new Map<string, string>();
  for (const hold of [...holds].sort((x, y) => (x.id < y.id ? -1 : 1))) {
    for (const who of listScope(hold)) {
      const field = `${who}/${hold.fromVersion}`;
      if (!fields.has(field)) fields.set(field, `${hold.toVersion} ${hold.id}`);
    }
  }
  return fields;
}

function listScope({ scope }: HoldRecord): readonly string[] {
  switch (scope.kind) {
    case 'tenants':
      return scope.tenantIds.map((id) => `tenant/${id}`);
    case 'tag':
      return [`tag/${scope.tag}`];
    case 'all':
      return ['all'];
  }
}
