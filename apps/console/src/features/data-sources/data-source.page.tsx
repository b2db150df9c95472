import './data-sources.css';
import { Anchor, Button, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { getDataSource, testDataSource } from '../../api/generated/grey.ts';
import type { DataSource } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { Failure, Loading } from '../../parts/states.tsx';
import { usePermission } from '../access/me.ts';
import { ConnectionVerdict } from './connection-verdict.tsx';
import { CredentialsLabel, TlsLabel } from './data-source-cells.tsx';
import { addressText } from './data-source-fields.ts';
import { DataSourceForm } from './data-source-form.tsx';
import { DeleteDataSource } from './delete-data-source.tsx';

/** One data source: where it lies, and whether a schema upgrade could work with it. */
export function DataSourcePage() {
  const { t } = useTranslation();
  const { dataSourceId } = useParams({ from: '/shell/databases/$dataSourceId' });
  const [dialog, setDialog] = useState<'edit' | 'delete' | null>(null);
  const mayWrite = usePermission('data_sources.write');
  const source = useQuery({
    queryKey: ['data-sources', dataSourceId],
    queryFn: ({ signal }) => getDataSource(dataSourceId, { signal }),
  });
  const close = () => setDialog(null);
  return (
    <>
      <PageHeader
        title={
          source.data
            ? t('dataSources.ofTenant', { tenant: source.data.tenantId, service: source.data.serviceId })
            : t('entity.data_source')
        }
        before={
          <Anchor component={Link} to="/databases" size="xs">
            {t('dataSources.back')}
          </Anchor>
        }
        actions={
          mayWrite &&
          source.data && (
            <>
              <Button variant="default" onClick={() => setDialog('edit')}>
                {t('action.edit')}
              </Button>
              <Button variant="default" c="var(--bad)" onClick={() => setDialog('delete')}>
                {t('action.delete')}
              </Button>
            </>
          )
        }
      />
      {source.isPending && <Loading what={t('entity.data_source')} />}
      {source.isError && <Failure error={source.error} onRetry={() => void source.refetch()} />}
      {source.data && (
        <Stack gap="md">
          <Facts source={source.data} />
          {/* Another address or other credentials: what was found out is of before. */}
          {mayWrite && <Tester key={source.data.etag} source={source.data} />}
          {dialog === 'edit' && <DataSourceForm source={source.data} onClose={close} />}
          {dialog === 'delete' && <DeleteDataSource source={source.data} onClose={close} />}
        </Stack>
      )}
    </>
  );
}

function Facts({ source }: { source: DataSource }) {
  const { t } = useTranslation();
  const { dateTime } = useFormat();
  const tenant = encodeURIComponent(source.tenantId);
  return (
    <dl className="facts panel">
      <dt>{t('dataSources.address')}</dt>
      <dd className="mono data-source-address">{addressText(source)}</dd>
      <dt>{t('dataSources.engine')}</dt>
      <dd>{t(`dataSources.engines.${source.engine}`)}</dd>
      <dt>{t('dataSources.tlsTitle')}</dt>
      <dd>
        <TlsLabel tls={source.tls} /> <span className="dimmed">{t(`dataSources.tlsMeans.${source.tls}`)}</span>
      </dd>
      <dt>{t('dataSources.credentials')}</dt>
      <dd>
        <CredentialsLabel credentials={source.credentials} />{' '}
        <span className="dimmed">
          {t(source.credentials === null ? 'dataSources.noneKept' : 'dataSources.fingerprintMeans')}
        </span>
      </dd>
      <dt>{t('terms.tenant')}</dt>
      <dd>
        <Anchor component={Link} to={`/tenants/${tenant}`} size="sm" className="mono">
          {source.tenantId}
        </Anchor>
      </dd>
      <dt>{t('schemas.one')}</dt>
      <dd>
        <Anchor component={Link} to={`/tenants/${tenant}/schemas/${encodeURIComponent(source.serviceId)}`} size="sm">
          {t('schemas.open')}
        </Anchor>
      </dd>
      <dt>{t('dataSources.updatedAt')}</dt>
      <dd>{dateTime(source.updatedAt)}</dd>
    </dl>
  );
}

function Tester({ source }: { source: DataSource }) {
  const { t } = useTranslation();
  const test = useMutation({ mutationFn: () => testDataSource(source.id) });
  return (
    <Stack gap="xs" align="flex-start" className="data-source-tester">
      <Button loading={test.isPending} onClick={() => test.mutate()}>
        {t('dataSources.test')}
      </Button>
      <span className="dimmed">{t('dataSources.testMeans')}</span>
      {test.data && <ConnectionVerdict test={test.data} />}
      {test.isError && <Failure error={test.error} />}
    </Stack>
  );
}
