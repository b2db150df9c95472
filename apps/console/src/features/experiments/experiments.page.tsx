import './experiments.css';
import { Button, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { listExperiments, listVersions } from '../../api/generated/grey.ts';
import type { Experiment } from '../../api/generated/model/index.ts';
import { BackLink } from '../../parts/back-link.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { usePermission } from '../access/me.ts';
import { ServiceTabs } from '../services/service-tabs.tsx';
import { ExperimentCard } from './experiment-card.tsx';
import { ExperimentForm } from './experiment-form.tsx';

/** The experiments of one service: which versions are compared, on whom, and how many have decided so far. */
export function ExperimentsPage() {
  const { t } = useTranslation();
  const { serviceId } = useParams({ from: '/shell/services/$serviceId/experiments' });
  const mayPublish = usePermission('routing.publish');
  const [edited, setEdited] = useState<Experiment | 'new' | null>(null);
  const experiments = useQuery({
    queryKey: ['experiments', serviceId],
    queryFn: ({ signal }) => listExperiments(serviceId, { signal }),
  });
  const versions = useQuery({
    queryKey: ['versions', serviceId],
    queryFn: ({ signal }) => listVersions(serviceId, { signal }),
  });
  const items = experiments.data?.items;
  return (
    <>
      <PageHeader
        title={t('experiments.title')}
        note={<span className="mono">{serviceId}</span>}
        before={<BackLink to="/services">{t('services.back')}</BackLink>}
        actions={
          mayPublish && versions.data && <Button onClick={() => setEdited('new')}>{t('experiments.create')}</Button>
        }
      />
      <ServiceTabs serviceId={serviceId} />
      {experiments.isPending && <Loading what={t('experiments.title')} />}
      {experiments.isError && <Failure error={experiments.error} onRetry={() => void experiments.refetch()} />}
      {items?.length === 0 && <Empty>{t('experiments.noneYet')}</Empty>}
      <Stack gap="sm">
        {items?.map((experiment) => (
          <ExperimentCard
            key={experiment.id}
            experiment={experiment}
            mayPublish={mayPublish}
            onEdit={() => setEdited(experiment)}
          />
        ))}
      </Stack>
      {edited && versions.data && items && (
        <ExperimentForm
          serviceId={serviceId}
          {...(edited === 'new' ? {} : { experiment: edited })}
          experiments={items}
          versions={versions.data.items}
          onClose={() => setEdited(null)}
        />
      )}
    </>
  );
}
