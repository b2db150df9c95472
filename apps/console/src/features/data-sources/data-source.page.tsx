import './data-sources.css';
import { Anchor, Button, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { getDataSource, testDataSource } from '../../api/generated/grey.ts';
import type { DataSource } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { BackLink } from '../../parts/back-link.tsx';
import { EditOrDelete } from '../../parts/edit-or-delete.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Queried } from '../../parts/queried.tsx';
import { Failure } from '../../parts/states.tsx';
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
        before={<BackLink to="/databases">{t('dataSources.back')}</BackLink>}
        actions={
          mayWrite &&
          source.data && <EditOrDelete onEdit={() => setDialog('edit')} onDelete={() => setDialog('delete')} />
        }
      />
      <Queried query={source} what={t('entity.data_source')}>
        {(found) => (
          <Stack gap="md">
            <Facts source={found} />
            {/* Another address or other credentials: what was found out is of before. */}
            {mayWrite && <Tester key={found.etag} source={found} />}
            {dialog === 'edit' && <DataSourceForm source={found} onClose={close} />}
            {dialog === 'delete' && <DeleteDataSource source={found} onClose={close} />}
          </Stack>
        )}
      </Queried>
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
