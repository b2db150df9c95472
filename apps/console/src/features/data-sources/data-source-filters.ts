import type { DatabaseEngine } from '../../api/generated/model/index.ts';

/** Filters of the list of data sources as they stand in the URL. */
export interface DataSourceFilters {
  tenantId?: string;
  serviceId?: string;
  host?: string;
  engine?: DatabaseEngine;
}
const names = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const hosts = /^([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|[0-9a-fA-F:]*:[0-9a-fA-F:.]*)$/;
export const dataSourceTextFilters = ['tenantId', 'serviceId', 'host'] as const;

/** Reads filters from a URL; what the API would refuse is dropped, so that a mangled link still opens. */
export function readDataSourceFilters(search: Record<string, unknown>): DataSourceFilters {
  const filters: DataSourceFilters = {};
  for (const name of dataSourceTextFilters) {
    const text = textOf(search[name]);
    if ((name === 'host' ? hosts : names).test(text)) filters[name] = text;
  }
  if (search['engine'] === 'postgres' || search['engine'] === 'mysql') filters.engine = search['engine'];
  return filters;
}

/** The router parses `?tenantId=42` as a number. */
function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim().slice(0, 253) : '';
}
