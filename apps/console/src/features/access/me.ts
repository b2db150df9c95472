import { useQuery } from '@tanstack/react-query';
import { getMe } from '../../api/generated/grey.ts';
import type { MePermissionsItem } from '../../api/generated/model/index.ts';

export function useMe() {
  return useQuery({ queryKey: ['me'], queryFn: ({ signal }) => getMe({ signal }), staleTime: 300_000 });
}

/** Whether the operator may do something. The API decides in the end; this only keeps buttons away that would be refused. */
export function usePermission(permission: MePermissionsItem): boolean {
  const { data } = useMe();
  return data?.permissions.includes(permission) ?? false;
}
