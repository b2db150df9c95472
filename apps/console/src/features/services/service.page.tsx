import { Anchor, Button, Group, Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { getService, listVersions } from '../../api/generated/grey.ts';
import { BackLink } from '../../parts/back-link.tsx';
import { EditButton } from '../../parts/edit-or-delete.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Queried } from '../../parts/queried.tsx';
import { Failure, Loading } from '../../parts/states.tsx';
import { usePermission } from '../access/me.ts';
import { FreezeNotice } from '../freezes/freeze-notice.tsx';
import { useFreezesInForce } from '../freezes/use-freezes-in-force.ts';
import { HoldNotice } from '../holds/hold-notice.tsx';
import { useActiveHolds } from '../holds/use-active-holds.ts';
import { InstanceList } from '../registry/instance-list.tsx';
import { BalancingWords } from './balancing-words.tsx';
import { DefaultForm } from './default-form.tsx';
import { ServiceForm } from './service-form.tsx';
import { ServiceTabs } from './service-tabs.tsx';
import { DefaultVersions } from './services.page.tsx';
import { VersionForm } from './version-form.tsx';
import { VersionList } from './version-list.tsx';

/** Shows conditions as CEL, for which it brings the engine along. */
const FlagSection = lazy(() => import('../flags/flag-section.tsx'));

export function ServicePage() {
  const { t } = useTranslation();
  const { serviceId } = useParams({ from: '/shell/services/$serviceId' });
  const [dialog, setDialog] = useState<'edit' | 'default' | 'version' | null>(null);
  const freezes = useFreezesInForce({ serviceId });
  const mayWrite = usePermission('services.write');
  const mayReadRouting = usePermission('routing.read');
  const holds = useActiveHolds({ serviceId });
  const service = useQuery({
    queryKey: ['service', serviceId],
    queryFn: ({ signal }) => getService(serviceId, { signal }),
  });
  const versions = useQuery({
    queryKey: ['versions', serviceId],
    queryFn: ({ signal }) => listVersions(serviceId, { signal }),
  });
  const close = () => setDialog(null);
  return (
    <>
      <PageHeader
        title={service.data?.name ?? serviceId}
        note={<span className="mono">{serviceId}</span>}
        before={<BackLink to="/services">{t('services.back')}</BackLink>}
        actions={
          <>
            {mayReadRouting && (
              <Anchor component={Link} to={`/playground?service=${encodeURIComponent(serviceId)}`} size="sm">
                {t('services.tryRequest')}
              </Anchor>
            )}
            {mayWrite && service.data && <EditButton onClick={() => setDialog('edit')} />}
          </>
        }
      />
      <ServiceTabs serviceId={serviceId} />
      <FreezeNotice freezes={freezes} />
      <HoldNotice holds={holds} />
      <Queried query={service} what={serviceId}>
        {(found) => (
          <Stack gap="md">
            <dl className="facts panel">
              <dt>{t('services.default')}</dt>
              <dd>
                <Group gap="sm">
                  <DefaultVersions service={found} />
                  {mayWrite && versions.data && versions.data.items.length > 0 && (
                    <Button variant="default" size="compact-xs" onClick={() => setDialog('default')}>
                      {t('services.setDefault')}
                    </Button>
                  )}
                </Group>
              </dd>
              <dt>{t('services.unknownTenant')}</dt>
              <dd>{t(`unknownTenant.${found.unknownTenant}`)}</dd>
              <dt>{t('services.fallback')}</dt>
              <dd>
                {t(`fallback.${found.fallback}`)}{' '}
                {found.fallbackVersion && <span className="mono">{found.fallbackVersion}</span>}
              </dd>
              <dt>{t('services.balancer')}</dt>
              <dd>
                {t(`balancer.${found.balancer}`)} <BalancingWords balancing={found.balancing} />
              </dd>
            </dl>
            <Stack gap="xs">
              <Group justify="space-between">
                <Title order={2}>{t('services.versions')}</Title>
                {mayWrite && <Button onClick={() => setDialog('version')}>{t('versions.create')}</Button>}
              </Group>
              {versions.isPending && <Loading what={t('services.versions')} />}
              {versions.isError && <Failure error={versions.error} onRetry={() => void versions.refetch()} />}
              {versions.data && <VersionList versions={versions.data.items} mayWrite={mayWrite} />}
            </Stack>
            <InstanceList serviceId={serviceId} />
            {mayReadRouting && versions.data && versions.data.items.length > 0 && (
              <Suspense fallback={<Loading what={t('flags.title')} />}>
                <FlagSection serviceId={serviceId} versions={versions.data.items} />
              </Suspense>
            )}
            {dialog === 'edit' && <ServiceForm service={found} onClose={close} />}
            {dialog === 'version' && <VersionForm serviceId={serviceId} onClose={close} />}
            {dialog === 'default' && versions.data && (
              <DefaultForm service={found} versions={versions.data.items} onClose={close} />
            )}
          </Stack>
        )}
      </Queried>
    </>
  );
}
