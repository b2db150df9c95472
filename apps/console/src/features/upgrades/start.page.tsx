import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { listTenantServices, listVersions } from '../../api/generated/grey.ts';
import type { GuardOverride, UpgradeOptions } from '../../api/generated/model/index.ts';
import { useIdempotencyKey } from '../../api/use-idempotency-key.ts';
import { BackLink } from '../../parts/back-link.tsx';
import { KnownField } from '../../parts/known-field.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { ReasonField } from '../../parts/reason-field.tsx';
import { SetAside } from '../../parts/set-aside.tsx';
import { Failure, Loading } from '../../parts/states.tsx';
import { usePermission } from '../access/me.ts';
import { ServiceField } from '../emergency/service-field.tsx';
import { KindField } from './kind-field.tsx';
import { OptionFields } from './option-fields.tsx';
import { askPlan, type StartRequest, sendStart } from './start-request.ts';
import { type StartWish, usualOptions, wishWith } from './start-wish.ts';
import { UpgradePlanView } from './upgrade-plan-view.tsx';
import './upgrades.css';
import { upgradeKey } from './use-upgrade.ts';

/** Whom to upgrade to what, and beside it what that would do and what speaks against it; then it is started. */
export function StartUpgradePage() {
  const { t } = useTranslation();
  const wish = useSearch({ from: '/shell/upgrades/start' });
  const navigate = useNavigate({ from: '/upgrades/start' });
  const [options, setOptions] = useState<UpgradeOptions>(usualOptions);
  const [reason, setReason] = useState('');
  const [override, setOverride] = useState<GuardOverride>();
  const set = (name: keyof StartWish, value: string) => {
    setOverride(undefined);
    void navigate({ search: wishWith(wish, name, value), replace: true });
  };
  const { tenant, service, version, kind = 'service' } = wish;
  const request: StartRequest | undefined =
    tenant && service && version
      ? { tenant, service, version, kind, options, ...(override ? { override } : {}) }
      : undefined;
  return (
    <>
      <PageHeader
        title={t('upgrades.start.title')}
        note={t('upgrades.start.means')}
        before={<BackLink to="/upgrades">{t('upgrades.backToList')}</BackLink>}
      />
      <div className="upgrade-start">
        <fieldset className="panel upgrade-form">
          <legend>{t('upgrades.start.what')}</legend>
          <Stack gap="xs">
            <KnownField
              of="tenants"
              label={t('terms.tenant')}
              value={tenant ?? ''}
              unknown={t('upgrades.start.noTenant')}
              hasAutofocus
              onChange={(id) => set('tenant', id)}
            />
            <ServiceField
              value={service ?? ''}
              fault={null}
              hasAutofocus={tenant !== undefined}
              onChange={(id) => set('service', id)}
            />
            <VersionField wish={wish} onChange={(value) => set('version', value)} />
            <KindField value={kind} onChange={(value) => set('kind', value === 'schema' ? value : '')} />
            <OptionFields kind={kind} options={options} onChange={setOptions} />
            <ReasonField value={reason} onChange={setReason} />
          </Stack>
        </fieldset>
        <fieldset className="panel upgrade-form upgrade-plan">
          <legend>{t('upgrades.start.plan')}</legend>
          {request ? (
            <Planned request={request} reason={reason.trim()} onOverride={setOverride} />
          ) : (
            <Text size="sm" c="dimmed">
              {t('upgrades.start.planWaits')}
            </Text>
          )}
        </fieldset>
      </div>
    </>
  );
}

function VersionField({ wish, onChange }: { wish: StartWish; onChange: (version: string) => void }) {
  const { t } = useTranslation();
  const { tenant, service, version } = wish;
  const versions = useQuery({
    queryKey: ['versions', service],
    queryFn: ({ signal }) => listVersions(service ?? '', { signal }),
    enabled: Boolean(service),
    retry: false,
  });
  const runs = useQuery({
    queryKey: ['tenant-services', tenant],
    queryFn: ({ signal }) => listTenantServices(tenant ?? '', { signal }),
    enabled: Boolean(tenant),
    retry: false,
  });
  const current = runs.data?.items.find(({ serviceId }) => serviceId === service)?.effectiveVersion;
  const choices = (versions.data?.items ?? [])
    .filter(({ status }) => status !== 'retired')
    .sort((a, b) => b.ordinal - a.ordinal);
  return (
    <NativeSelect
      label={t('upgrades.start.version')}
      description={
        tenant && service && current != null ? t('upgrades.start.runsNow', { tenant, version: current }) : undefined
      }
      disabled={!service}
      value={version ?? ''}
      onChange={(event) => onChange(event.currentTarget.value)}
      data={[
        { value: '', label: t('upgrades.start.choose') },
        ...choices.map((one) => ({
          value: one.version,
          label: one.version === current ? t('upgrades.start.isNow', { version: one.version }) : one.version,
        })),
      ]}
    />
  );
}

interface PlannedProps {
  request: StartRequest;
  reason: string;
  onOverride: (override: GuardOverride | undefined) => void;
}

/** The plan of exactly what would be started, and the button that starts it. */
function Planned({ request, reason, onOverride }: PlannedProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const keyFor = useIdempotencyKey();
  const mayRun = usePermission('upgrades.run');
  const plan = useQuery({
    queryKey: ['upgrades', 'plan', request],
    queryFn: ({ signal }) => askPlan(request, signal),
    gcTime: 0,
    retry: false,
  });
  const start = useMutation({
    mutationFn: () => sendStart(request, reason, keyFor),
    onSuccess: ({ upgrade }) => {
      client.setQueryData(upgradeKey(upgrade.id), upgrade);
      void client.invalidateQueries({ queryKey: ['upgrades', 'list'] });
      void navigate({ to: '/upgrades/$upgradeId', params: { upgradeId: upgrade.id } });
    },
  });
  if (plan.isPending) return <Loading what={t('plan.what')} />;
  if (plan.isError) return <Failure error={plan.error} onRetry={() => void plan.refetch()} />;
  const { checks, isAllowed } = plan.data;
  const refusing = checks.filter(({ verdict }) => verdict === 'refuse');
  const canOverride = refusing.length > 0 && refusing.every((one) => one.isOverridable);
  const isNothing = plan.data.fromVersion === plan.data.toVersion && plan.data.migrations.length === 0;
  return (
    <Stack gap="sm" data-testid="upgrade-plan" aria-busy={plan.isFetching}>
      <UpgradePlanView plan={plan.data} />
      <SetAside override={request.override} count={canOverride ? refusing.length : 0} onOverride={onOverride} />
      {start.isError && <Failure error={start.error} />}
      <Group gap="sm">
        <Button
          disabled={!mayRun || !isAllowed || isNothing || plan.isFetching}
          loading={start.isPending}
          onClick={() => start.mutate()}
        >
          {t('upgrades.start.go', { tenant: request.tenant, version: request.version })}
        </Button>
        <Text size="sm" c="dimmed" role="status">
          {!mayRun && t('upgrades.start.mayNot')}
          {mayRun && !isAllowed && t(canOverride ? 'upgrades.start.overridable' : 'upgrades.start.refused')}
          {mayRun && isAllowed && isNothing && t('upgrades.start.nothing')}
        </Text>
      </Group>
    </Stack>
  );
}
