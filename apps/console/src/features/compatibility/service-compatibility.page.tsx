import { Anchor, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { getCompatibility, listVersions } from '../../api/generated/grey.ts';
import { useFormat } from '../../i18n/format.ts';
import { BackLink } from '../../parts/back-link.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { ServiceTabs } from '../services/service-tabs.tsx';
import { CompatibilityEditor } from './compatibility-editor.tsx';

/** Which versions of one service may follow which, and what they need of others; saved as one change. */
export function ServiceCompatibilityPage() {
  const { t } = useTranslation();
  const { dateTime } = useFormat();
  const { serviceId } = useParams({ from: '/shell/services/$serviceId/compatibility' });
  const said = useQuery({
    queryKey: ['compatibility', serviceId],
    queryFn: ({ signal }) => getCompatibility(serviceId, { signal }),
  });
  const versions = useQuery({
    queryKey: ['versions', serviceId],
    queryFn: ({ signal }) => listVersions(serviceId, { signal }),
  });
  const failed = [said, versions].find((query) => query.isError);
  const note = said.data?.updatedAt
    ? t('compatibility.savedAt', { at: dateTime(said.data.updatedAt) })
    : t('compatibility.neverSaved');
  return (
    <>
      <PageHeader
        title={t('compatibility.titleOf', { id: serviceId })}
        note={said.data && note}
        before={<BackLink to="/services">{t('services.back')}</BackLink>}
        actions={
          <Group gap="md">
            <Anchor component={Link} to="/compatibility/upgrade" size="sm">
              {t('upgrade.title')}
            </Anchor>
            <Anchor component={Link} to="/compatibility" size="sm">
              {t('compatibility.all')}
            </Anchor>
          </Group>
        }
      />
      <ServiceTabs serviceId={serviceId} />
      {(said.isPending || versions.isPending) && !failed && <Loading what={t('compatibility.title')} />}
      {failed && <Failure error={failed.error} onRetry={() => void failed.refetch()} />}
      {versions.data?.items.length === 0 && <Empty>{t('versions.noneYet')}</Empty>}
      {said.data && versions.data && versions.data.items.length > 0 && (
        <CompatibilityEditor key={serviceId} said={said.data} versions={versions.data.items} />
      )}
    </>
  );
}
