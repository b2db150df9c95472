import type { SnapshotSource } from '@grey/route-core';
import { useQuery } from '@tanstack/react-query';
import { getServiceSource } from '../../api/generated/grey.ts';

/**
 * What the engine needs for one service and one tenant, as the router has it now; read anew when the stream says that
 * something of it changed.
 */
export function useServiceSource(serviceId: string | undefined, tenantId: string | undefined) {
  return useQuery({
    queryKey: ['service-source', serviceId, tenantId],
    // The API parsed the records; the contract leaves their fields to the engine.
    queryFn: async ({ signal }) =>
      (await getServiceSource(serviceId ?? '', { tenantId: tenantId ?? '' }, { signal })) as unknown as SnapshotSource,
    enabled: Boolean(serviceId && tenantId),
    retry: false,
  });
}
