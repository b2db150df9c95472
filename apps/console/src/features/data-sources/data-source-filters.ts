import type { DatabaseEngine } from '../../api/generated/model/index.ts';
import { idInUrl, textInUrl } from '../../parts/text-in-url.ts';

/** Filters of the list of data sources as they stand in the URL. */
export interface DataSourceFilters {
  tenantId?: string;
  serviceId?: string;
  host?: string;
  engine?: DatabaseEngine;
}
const hosts = /^([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|[0-9a-fA-F:]*:[0-9a-fA-F:.]*)$/;
export const dataSourceTextFilters = ['tenantId', 'serviceId', 'host'] as const;

/** Reads filters from a URL; what the API would refuse is dropped, so that a mangled link still opens. */
export function readDataSourceFilters(search: Record<string, unknown>): DataSourceFilters {
  const filters: DataSourceFilters = {};
  for (const name of ['tenantId', 'serviceId'] as const) {
    const id = idInUrl(search[name]);
    if (id) filters[name] = id;
  }
  const host = textInUrl(search['host'], 253);
  if (hosts.test(host)) filters.host = host;
  if (search['engine'] === 'postgres' || search['engine'] === 'mysql') filters.engine = search['engine'];
  return filters;
}
