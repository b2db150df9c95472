import './tenant-schemas.css';
import { Anchor, Button, Group, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { checkTenantSchema, getTenantSchema } from '../../api/generated/grey.ts';
import type { TenantSchema } from '../../api/generated/model/index.ts';
import { BackLink } from '../../parts/back-link.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Queried } from '../../parts/queried.tsx';
import { Empty, Failure } from '../../parts/states.tsx';
import { usePermission } from '../access/me.ts';
import { BackupSection } from './backup-section.tsx';
import { DriftSection } from './drift-section.tsx';
import { HorizonSection } from './horizon-section.tsx';
import { LedgerSection } from './ledger-section.tsx';
import { MakeBackup } from './make-backup.tsx';
import { DriftLabel, IntervalLabel, UpgradeLink } from './schema-labels.tsx';

/** All about the schema of one tenant for one service: what it serves, how far back it can go, what ran, what drifted. */
export function TenantSchemaPage() {
  const { t } = useTranslation();
  const { tenantId, serviceId } = useParams({ from: '/shell/tenants/$tenantId/schemas/$serviceId' });
  const schema = useQuery({
    queryKey: ['tenant-schema', tenantId, serviceId],
    queryFn: ({ signal }) => getTenantSchema(tenantId, serviceId, { signal }),
    // What the database itself knows is told to nobody while an upgrade is at it.
    refetchInterval: ({ state: { data } }) => (data && data.upgradeId !== null ? 3_000 : false),
  });
  return (
    <>
      <PageHeader
        title={t('schemas.titleOf', { tenant: tenantId, service: serviceId })}
        before={
          <BackLink to={`/tenants/${encodeURIComponent(tenantId)}`}>{t('schemas.back', { tenant: tenantId })}</BackLink>
        }
        actions={schema.data && schema.data.dataSourceId !== null && <Actions schema={schema.data} />}
      />
      <Queried query={schema} what={t('schemas.one')}>
        {(found) => (
          <Stack gap="md">
            <Facts schema={found} />
            <HorizonSection schema={found} />
            {found.dataSourceId !== null && (
              <>
                <DriftSection schema={found} />
                <LedgerSection schema={found} />
                <BackupSection tenantId={tenantId} serviceId={serviceId} />
              </>
            )}
          </Stack>
        )}
      </Queried>
    </>
  );
}

function Actions({ schema: { tenantId, serviceId, upgradeId } }: { schema: TenantSchema }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const mayRun = usePermission('upgrades.run');
  const [isBackingUp, setBackingUp] = useState(false);
  const check = useMutation({
    mutationFn: () => checkTenantSchema(tenantId, serviceId),
    onSuccess: async (seen) => {
      client.setQueryData(['tenant-schema', tenantId, serviceId], seen);
      await client.invalidateQueries({ queryKey: ['tenant-schemas'] });
      notifications.show({ message: t('schemas.checked', { drift: t(`schemas.drift.${seen.drift.state}`) }) });
    },
  });
  if (!mayRun) return null;
  const start = `/upgrades/start?tenant=${encodeURIComponent(tenantId)}&service=${encodeURIComponent(serviceId)}`;
  return (
    <>
      {check.isError && <Failure error={check.error} />}
      <Button variant="default" loading={check.isPending} onClick={() => check.mutate()}>
        {t('schemas.checkNow')}
      </Button>
      <Button variant="default" onClick={() => setBackingUp(true)}>
        {t('schemas.backUp')}
      </Button>
      {upgradeId === null && (
        <Button component={Link} to={start}>
          {t('schemas.upgrade')}
        </Button>
      )}
      {isBackingUp && <MakeBackup tenantId={tenantId} serviceId={serviceId} onClose={() => setBackingUp(false)} />}
    </>
  );
}

function Facts({ schema }: { schema: TenantSchema }) {
  const { t } = useTranslation();
  const { tenantId, serviceId, state, dataSourceId, engine, drift, pending, upgradeId, horizon } = schema;
  const add = `/databases?tenantId=${encodeURIComponent(tenantId)}&serviceId=${encodeURIComponent(serviceId)}`;
  return (
    <>
      {dataSourceId === null && (
        <Empty
          action={
            <Anchor component={Link} to={add} size="sm">
              {t('dataSources.create')}
            </Anchor>
          }
        >
          {t('schemas.noDataSource')}
        </Empty>
      )}
      <dl className="facts panel">
        <dt>{t('schemas.serves')}</dt>
        <dd>
          <Group gap="xs">
            <IntervalLabel state={state} />
            <span className="dimmed">{t(servesMeans(schema))}</span>
          </Group>
        </dd>
        <dt>{t('schemas.runs')}</dt>
        <dd className="mono">{horizon.currentVersion ?? t('state.none')}</dd>
        {upgradeId !== null && (
          <>
            <dt>{t('entity.upgrade')}</dt>
            <dd>
              <UpgradeLink upgradeId={upgradeId} isUnderWay />
            </dd>
          </>
        )}
        {dataSourceId !== null && engine !== null && (
          <>
            <dt>{t('schemas.driftTitle')}</dt>
            <dd>
              <DriftLabel state={drift.state} />
            </dd>
            <dt>{t('schemas.pending')}</dt>
            <dd>{t('schemas.pendingCount', { count: pending.length })}</dd>
            <dt>{t('entity.data_source')}</dt>
            <dd>
              <Anchor component={Link} to={`/databases/${dataSourceId}`} size="sm">
                {t(`dataSources.engines.${engine}`)}
              </Anchor>
            </dd>
          </>
        )}
      </dl>
    </>
  );
}

function servesMeans({ state }: TenantSchema) {
  if (state === null) return 'schemas.servesMeans.unknown';
  if (state.isMigrating) return 'schemas.servesMeans.migrating';
  return state.schemaVersion === state.expandedTo ? 'schemas.servesMeans.one' : 'schemas.servesMeans.several';
}
