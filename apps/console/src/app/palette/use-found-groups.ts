import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { listServices, listTenants } from '../../api/generated/grey.ts';
import { usePermission } from '../../features/access/me.ts';
import type { PaletteGroup } from './palette-items.ts';

const settleMs = 150;
/** Of each kind; who looks for more than these types another letter. */
const limit = 6;

interface Found {
  readonly groups: readonly PaletteGroup[];
  readonly isSearching: boolean;
  readonly hasFailed: boolean;
}

/** Services and tenants whose id or name holds what was typed, as the API finds them, once typing has paused. */
export function useFoundGroups(typed: string): Found {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const mayRollBack = usePermission('emergency.rollback');
  const mayUpgrade = usePermission('upgrades.run');
  const wanted = typed.trim();
  const [search] = useDebouncedValue(wanted, settleMs);
  const isEnabled = search !== '' && wanted !== '';
  const options = { enabled: isEnabled, placeholderData: keepPreviousData, retry: false } as const;
  const services = useQuery({
    queryKey: ['services', { search, limit }],
    queryFn: ({ signal }) => listServices({ search, limit }, { signal }),
    ...options,
  });
  const tenants = useQuery({
    queryKey: ['tenants', { search, limit }],
    queryFn: ({ signal }) => listTenants({ search, limit }, { signal }),
    ...options,
  });
  if (!isEnabled) return { groups: [], isSearching: wanted !== '', hasFailed: false };
  const noteOf = ({ id, name }: { id: string; name: string }) => (name === id ? {} : { note: name });
  const serviceItems = services.data?.items ?? [];
  const groups: PaletteGroup[] = [
    {
      id: 'services',
      label: t('nav.services'),
      items: serviceItems.map((one) => ({
        id: `service-${one.id}`,
        label: one.id,
        ...noteOf(one),
        run: () => void navigate({ to: '/services/$serviceId', params: { serviceId: one.id } }),
      })),
    },
    {
      id: 'tenants',
      label: t('nav.tenants'),
      items: (tenants.data?.items ?? []).map((one) => ({
        id: `tenant-${one.id}`,
        label: one.id,
        ...noteOf(one),
        run: () => void navigate({ to: '/tenants/$tenantId', params: { tenantId: one.id } }),
      })),
    },
    {
      id: 'upgrades',
      label: t('nav.upgrades'),
      items: (mayUpgrade ? (tenants.data?.items ?? []) : []).map((one) => ({
        id: `upgrade-${one.id}`,
        label: t('palette.upgradeThis', { tenant: one.id }),
        run: () => void navigate({ to: '/upgrades/start', search: { tenant: one.id } }),
      })),
    },
    {
      id: 'rollbacks',
      label: t('emergency.title'),
      items: (mayRollBack ? serviceItems : []).map((one) => ({
        id: `rollback-${one.id}`,
        label: t('palette.rollBack', { service: one.id }),
        tone: 'bad',
        run: () => void navigate({ to: '/emergency', search: { service: one.id } }),
      })),
    },
  ];
  return {
    groups: groups.filter(({ items }) => items.length > 0),
    isSearching: search !== wanted || services.isFetching || tenants.isFetching,
    hasFailed: services.isError || tenants.isError,
  };
}
