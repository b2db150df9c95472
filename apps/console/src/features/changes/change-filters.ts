import { ChangeKind } from '../../api/generated/model/index.ts';

/** Filters of the timeline as they stand in the URL. */
export interface ChangeFilters {
  tenantId?: string;
  serviceId?: string;
  kind?: ChangeKind;
}
const kinds = new Set<unknown>(Object.values(ChangeKind));

export function readChangeFilters(search: Record<string, unknown>): ChangeFilters {
  const filters: ChangeFilters = {};
  for (const name of ['tenantId', 'serviceId'] as const) {
    const value = search[name];
    if ((typeof value === 'string' || typeof value === 'number') && String(value).trim())
      filters[name] = String(value).trim().slice(0, 64);
  }
  if (kinds.has(search['kind'])) filters.kind = search['kind'] as ChangeKind;
  return filters;
}

/** Translation keys use dots for nesting, so `tenant.created` becomes `tenant_created`. */
export function kindKey<K extends string>(kind: K) {
  return kind.replace('.', '_') as K extends `${infer A}.${infer B}` ? `${A}_${B}` : K;
}
