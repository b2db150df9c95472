import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { TenantSyncStatus } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { Ago } from '../../parts/ago.tsx';
import { StatusLabel } from '../../parts/status.tsx';

const stateTones = { ok: 'good', stale: 'bad', needs_confirmation: 'warn', off: 'plain' } as const;

/** How the sync stands: which source, how often, when it was last followed, and why not since. */
export function SyncFacts({ status }: { status: TenantSyncStatus }) {
  const { t } = useTranslation();
  const { duration } = useFormat();
  const { state, where, intervalMs, lastRunAt, lastGoodAt, staleSince, error } = status;
  return (
    <dl className="facts panel" data-tone={state === 'stale' ? 'bad' : undefined}>
      <dt>{t('tenantSync.state')}</dt>
      <dd data-testid="sync-state">
        <StatusLabel tone={stateTones[state]}>{t(`tenantSync.states.${state}`)}</StatusLabel>
      </dd>
      <dt>{t('tenantSync.source')}</dt>
      <dd className="mono">{where ?? t('state.none')}</dd>
      <dt>{t('tenantSync.interval')}</dt>
      <dd>{duration(intervalMs)}</dd>
      <dt>{t('tenantSync.lastRunAt')}</dt>
      <dd>{lastRunAt ? <Ago iso={lastRunAt} /> : t('access.never')}</dd>
      <dt>{t('tenantSync.lastGoodAt')}</dt>
      <dd>{lastGoodAt ? <Ago iso={lastGoodAt} /> : t('access.never')}</dd>
      {staleSince && (
        <>
          <dt>{t('tenantSync.staleSince')}</dt>
          <dd>
            <Ago iso={staleSince} />
          </dd>
        </>
      )}
      {error && (
        <>
          <dt>{t('tenantSync.error')}</dt>
          <dd>
            <Text size="sm" c="var(--bad)">
              {error}
            </Text>
          </dd>
        </>
      )}
    </dl>
  );
}

const variables = ['url', 'token', 'interval', 'maxShare'] as const;
const variableNames = {
  url: 'GREY_TENANT_SYNC_URL',
  token: 'GREY_TENANT_SYNC_TOKEN',
  interval: 'GREY_TENANT_SYNC_INTERVAL_MS',
  maxShare: 'GREY_TENANT_SYNC_MAX_SHARE',
} as const;

/** What to do where no tenant-management service is followed. */
export function SyncOff() {
  const { t } = useTranslation();
  return (
    <section className="panel" aria-label={t('nav.tenantSync')}>
      <Text size="sm" fw={600}>
        {t('tenantSync.offTitle')}
      </Text>
      <Text size="sm" mb="xs">
        {t('tenantSync.offMeans')}
      </Text>
      <dl className="facts">
        {variables.map((variable) => (
          <div key={variable} style={{ display: 'contents' }}>
            <dt className="mono">{variableNames[variable]}</dt>
            <dd>{t(`tenantSync.variables.${variable}`)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
