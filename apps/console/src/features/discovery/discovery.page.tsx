import { Button, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { listDiscoveryServices, listDiscoverySources, syncDiscovery } from '../../api/generated/grey.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { Failure, Loading } from '../../parts/states.tsx';
import { usePermission } from '../access/me.ts';
import { ServiceDrift } from './service-drift.tsx';
import { SourceList } from './source-list.tsx';
import { UnusedList } from './unused-list.tsx';

/** A source that falls silent is no event of the stream, so the page is read anew while it is open. */
const rereadMs = 5_000;

/** Where instances are known from, what cannot be used, and whether all places hold the same. */
export function DiscoveryPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const maySync = usePermission('discovery.sync');
  const sources = useQuery({
    queryKey: ['discovery', 'sources'],
    queryFn: ({ signal }) => listDiscoverySources({ signal }),
    refetchInterval: rereadMs,
  });
  const services = useQuery({
    queryKey: ['discovery', 'services'],
    queryFn: ({ signal }) => listDiscoveryServices({ signal }),
    refetchInterval: rereadMs,
  });
  const sync = useMutation({
    mutationFn: () => syncDiscovery(),
    onSuccess: () => notifications.show({ message: t('discovery.synced') }),
    onSettled: () => client.invalidateQueries({ queryKey: ['discovery'] }),
  });
  const hasForeign = sources.data?.items.some((source) => source.id !== 'builtin' && source.state !== 'off') ?? false;
  return (
    <>
      <PageHeader
        title={t('nav.discovery')}
        note={sources.data ? t('discovery.asSeenBy', { replica: sources.data.replica }) : undefined}
        actions={
          maySync &&
          hasForeign && (
            <Button onClick={() => sync.mutate()} loading={sync.isPending}>
              {t('discovery.sync')}
            </Button>
          )
        }
      />
      <Stack gap="md">
        {sync.isError && <Failure error={sync.error} />}
        {sources.isPending && <Loading what={t('discovery.sources')} />}
        {sources.isError && <Failure error={sources.error} onRetry={() => void sources.refetch()} />}
        {sources.data && <SourceList sources={sources.data.items} />}
        {sources.data?.items.map((source) => (
          <UnusedList key={source.id} source={source} />
        ))}
        {services.isPending && <Loading what={t('discovery.agreement')} />}
        {services.isError && <Failure error={services.error} onRetry={() => void services.refetch()} />}
        {services.data && <ServiceDrift services={services.data.items} />}
      </Stack>
    </>
  );
}
