import type { VersionReference } from '../../api/generated/model/index.ts';

/** The page on which a reference can be taken away; undefined where that is the page of the version itself. */
export function placeOf({ kind, serviceId, id }: Pick<VersionReference, 'kind' | 'serviceId' | 'id'>) {
  const service = serviceId === null ? undefined : `/services/${encodeURIComponent(serviceId)}`;
  if (kind === 'lane') return id === null ? '/lanes' : `/lanes/${encodeURIComponent(id)}`;
  if (kind === 'hold' || kind === 'rollback') return id === null ? '/holds' : `/holds/${encodeURIComponent(id)}`;
  if (service === undefined || kind === 'assignments') return undefined;
  if (kind === 'rule' || kind === 'rule_draft') return `${service}/rules`;
  if (kind === 'experiment') return `${service}/experiments`;
  if (kind === 'requirement' || kind === 'compatibility') return `${service}/compatibility`;
  return service;
}
