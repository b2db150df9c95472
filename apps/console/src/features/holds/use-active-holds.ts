import { useQuery } from '@tanstack/react-query';
import { listHolds } from '../../api/generated/grey.ts';
import type { Hold } from '../../api/generated/model/index.ts';
import { usePermission } from '../access/me.ts';

const none: readonly Hold[] = [];

/** Holds in force of a service, for a tenant, or all: the newest two hundred, which is more than anybody keeps. */
export function useActiveHolds(filter: { serviceId?: string; tenantId?: string } = {}): readonly Hold[] {
  const mayRead = usePermission('routing.read');
  const holds = useQuery({
    queryKey: ['holds', 'active', filter],
    queryFn: ({ signal }) => listHolds({ ...filter, isActive: 'true', limit: 200 }, { signal }),
    enabled: mayRead,
  });
  return holds.data?.items ?? none;
}
