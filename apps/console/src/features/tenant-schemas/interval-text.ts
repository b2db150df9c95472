import type { TenantSchemaState } from '../../api/generated/model/index.ts';

/** `2` where one schema is served, `1–2` between expand and contract. */
export function intervalText({ schemaVersion, expandedTo }: TenantSchemaState): string {
  return schemaVersion === expandedTo ? String(schemaVersion) : `${schemaVersion}–${expandedTo}`;
}
