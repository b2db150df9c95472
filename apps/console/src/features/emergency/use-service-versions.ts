import { useQuery } from '@tanstack/react-query';
import { getServiceSource, listVersions } from '../../api/generated/grey.ts';
import type { HoldRecord } from '../holds/follow-holds.ts';
import { useOutage } from './use-outage.ts';
import type { VersionFacts } from './version-choices.ts';

interface SourceVersion {
  readonly version: string;
  readonly ordinal: number;
  readonly status: VersionFacts['status'];
}
interface SourceService {
  readonly id: string;
  readonly versions: readonly SourceVersion[];
  readonly defaults?: readonly { readonly version: string }[];
}

/**
 * Versions of a service: from PostgreSQL with their counts; while that is away, from what the router that answers decides
 * by. The router's holds come along, as it has those that PostgreSQL does not know yet.
 */
export function useServiceVersions(serviceId: string | undefined) {
  const { isDatabaseAway } = useOutage();
  const listed = useQuery({
    queryKey: ['versions', serviceId],
    queryFn: ({ signal }) => listVersions(serviceId ?? '', { signal }),
    enabled: Boolean(serviceId),
    retry: false,
  });
  const source = useQuery({
    // Any tenant will do: what is wanted is the service, which comes whoever is asked about.
    queryKey: ['service-source', serviceId, 'nobody'],
    queryFn: ({ signal }) => getServiceSource(serviceId ?? '', { tenantId: 'nobody' }, { signal }),
    enabled: Boolean(serviceId),
    retry: false,
  });
  // The API parsed the records; the contract leaves their fields to the engine.
  const services = (source.data?.services ?? []) as unknown as SourceService[];
  const service = services.find(({ id }) => id === serviceId);
  const remembered = service?.versions.map(
    ({ version, ordinal, status }): VersionFacts => ({
      version,
      ordinal,
      status,
      assignmentCount: null,
      instanceCount: null,
    }),
  );
  const versions: readonly VersionFacts[] | undefined =
    listed.data?.items ?? (listed.isError || isDatabaseAway ? remembered : undefined);
  const holds = ((source.data?.holds ?? []) as unknown as HoldRecord[]).filter((one) => one.serviceId === serviceId);
  return {
    versions,
    holds,
    defaults: new Set(service?.defaults?.map(({ version }) => version)),
    isPending: Boolean(serviceId) && versions === undefined && (listed.isPending || source.isPending),
    /** Of the router, which is asked last. */
    error: versions === undefined ? (source.error ?? listed.error) : null,
  };
}
