import { ChangeKind } from '../../api/generated/model/index.ts';
import { textInUrl } from '../../parts/text-in-url.ts';
import { readTime } from '../history/moment.ts';

/** Filters of the timeline as they stand in the URL. */
export interface ChangeFilters {
  tenantId?: string;
  serviceId?: string;
  /** Part of a name, or a whole id. */
  actor?: string;
  kind?: ChangeKind;
  /** ISO 8601, both inclusive. */
  since?: string;
  until?: string;
}
const kinds = new Set<unknown>(Object.values(ChangeKind));
const texts = ['tenantId', 'serviceId', 'actor'] as const;
const times = ['since', 'until'] as const;

/** Reads filters from a URL; what does not fit is dropped, so an old or mangled link still opens. */
export function readChangeFilters(search: Record<string, unknown>): ChangeFilters {
  const filters: ChangeFilters = {};
  for (const name of texts) {
    const text = textInUrl(search[name]);
    if (text) filters[name] = text;
  }
  for (const name of times) {
    const time = readTime(search[name]);
    if (time !== undefined) filters[name] = time;
  }
  if (kinds.has(search['kind'])) filters.kind = search['kind'] as ChangeKind;
  return filters;
}

/** Translation keys use dots for nesting, so `tenant.created` becomes `tenant_created`. */
export function kindKey<K extends string>(kind: K) {
  return kind.replace('.', '_') as K extends `${infer A}.${infer B}` ? `${A}_${B}` : K;
}
