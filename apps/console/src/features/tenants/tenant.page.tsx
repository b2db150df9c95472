import { Button, Group, Stack, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { deleteTenant, getTenant } from '../../api/generated/grey.ts';
import type { Tenant } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { BackLink } from '../../parts/back-link.tsx';
import { ConfirmTyped } from '../../parts/confirm-typed.tsx';
import { DeleteButton, EditButton } from '../../parts/edit-or-delete.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Queried } from '../../parts/queried.tsx';
import { TenantStatusLabel } from '../../parts/status.tsx';
import { usePermission } from '../access/me.ts';
import { setPendingMoves } from '../assignments/pending-moves.ts';
import { FreezeNotice } from '../freezes/freeze-notice.tsx';
import { useFreezesInForce } from '../freezes/use-freezes-in-force.ts';
import { RestoreTenant } from '../history/restore-tenant.tsx';
import { TenantSchemaList } from '../tenant-schemas/tenant-schema-list.tsx';
import { UpgradeNotice } from '../upgrades/upgrade-notice.tsx';
import { TenantForm } from './tenant-form.tsx';
import { TenantServices } from './tenant-services.tsx';

export function TenantPage() {
  const { t } = useTranslation();
  const { tenantId } = useParams({ from: '/shell/tenants/$tenantId' });
  const [dialog, setDialog] = useState<'edit' | 'delete' | 'restore' | null>(null);
  const freezes = useFreezesInForce({ tenantId });
  const mayUpdate = usePermission('tenants.update');
  const mayDelete = usePermission('tenants.delete');
  const mayRestore = usePermission('changes.revert');
  const mayUpgrade = usePermission('upgrades.run');
  const tenant = useQuery({
    queryKey: ['tenant', tenantId],
    queryFn: ({ signal }) => getTenant(tenantId, { signal }),
  });
  return (
    <>
      <PageHeader
        title={tenant.data?.name ?? tenantId}
        note={<span className="mono">{tenantId}</span>}
        before={<BackLink to="/tenants">{t('tenants.back')}</BackLink>}
        actions={
          <>
            {mayRestore && tenant.data && (
              <Button variant="default" onClick={() => setDialog('restore')}>
                {t('restore.toTime')}
              </Button>
            )}
            {mayUpgrade && tenant.data && (
              <Button variant="default" component={Link} to={`/upgrades/start?tenant=${encodeURIComponent(tenantId)}`}>
                {t('upgrades.start.onTenant')}
              </Button>
            )}
            <Button variant="default" component={Link} to={`/changes?tenantId=${encodeURIComponent(tenantId)}`}>
              {t('nav.changes')}
            </Button>
            {mayUpdate && tenant.data && <EditButton onClick={() => setDialog('edit')} />}
            {mayDelete && tenant.data && <DeleteButton onClick={() => setDialog('delete')} />}
          </>
        }
      />
      <FreezeNotice freezes={freezes} />
      <UpgradeNotice tenantId={tenantId} />
      <Queried query={tenant} what={tenantId}>
        {(found) => (
          <Stack gap="md">
            <TenantFacts tenant={found} />
            <Title order={2}>{t('tenants.services')}</Title>
            <TenantServices key={tenantId} tenant={found} />
            <TenantSchemaList tenantId={tenantId} />
            {dialog === 'restore' && <RestoreTenant tenantId={tenantId} onClose={() => setDialog(null)} />}
            {dialog === 'edit' && <TenantForm tenant={found} onClose={() => setDialog(null)} />}
            {dialog === 'delete' && <DeleteTenant tenant={found} onClose={() => setDialog(null)} />}
          </Stack>
        )}
      </Queried>
    </>
  );
}

function TenantFacts({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation();
  const { dateTime } = useFormat();
  const metadata = Object.entries(tenant.metadata);
  return (
    <dl className="facts panel">
      <dt>{t('tenants.status')}</dt>
      <dd>
        <TenantStatusLabel status={tenant.status} />
      </dd>
      <dt>{t('tenants.tierAndRegion')}</dt>
      <dd>{`${tenant.tier ?? t('state.none')} · ${tenant.region ?? t('state.none')}`}</dd>
      <dt>{t('tenants.tags')}</dt>
      <dd>
        <Group gap={4}>
          {tenant.tags.length === 0 && t('state.none')}
          {tenant.tags.map((tag) => (
            <span className="tag" key={tag}>
              {tag}
            </span>
          ))}
        </Group>
      </dd>
      {metadata.length > 0 && (
        <>
          <dt>{t('tenants.metadata')}</dt>
          <dd className="mono">{metadata.map(([key, value]) => `${key}=${value}`).join('  ')}</dd>
        </>
      )}
      <dt>{t('tenants.updatedAt')}</dt>
      <dd>{dateTime(tenant.updatedAt)}</dd>
    </dl>
  );
}

function DeleteTenant({ tenant, onClose }: { tenant: Tenant; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: (reason: string | undefined) =>
      deleteTenant(tenant.id, reason ? { reason } : {}, { headers: { 'if-match': tenant.etag } }),
    onSuccess: async () => {
      setPendingMoves(tenant.id, []);
      notifications.show({ message: t('tenants.deleted', { id: tenant.id }) });
      await navigate({ to: '/tenants' });
      client.removeQueries({ queryKey: ['tenant', tenant.id] });
      await client.invalidateQueries({ queryKey: ['tenants'] });
    },
  });
  return (
    <ConfirmTyped
      title={t('tenants.deleteTitle', { id: tenant.id })}
      word={tenant.id}
      action={t('action.delete')}
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={(reason) => remove.mutate(reason)}
      onClose={onClose}
    >
      {t('tenants.deleteMeans')}
    </ConfirmTyped>
  );
}
