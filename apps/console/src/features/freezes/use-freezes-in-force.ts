import { useQuery } from '@tanstack/react-query';
import { listFreezes } from '../../api/generated/grey.ts';
import type { Freeze } from '../../api/generated/model/index.ts';
import { usePermission } from '../access/me.ts';

const none: readonly Freeze[] = [];

/** Freezes in force for a tenant, a service, or anybody. Asked again every minute: they begin and end by the clock alone. */
export function useFreezesInForce(filter: { tenantId?: string; serviceId?: string } = {}): readonly Freeze[] {
  const mayRead = usePermission('freezes.read');
  const freezes = useQuery({
    queryKey: ['freezes', 'in-force', filter],
    queryFn: ({ signal }) => listFreezes({ ...filter, state: 'active', limit: 200 }, { signal }),
    enabled: mayRead,
    refetchInterval: 60_000,
  });
  return freezes.data?.items ?? none;
}
