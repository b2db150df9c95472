import { Anchor } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { listBackups } from '../../api/generated/grey.ts';
import type { Upgrade } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { revisionIn } from '../changes/change-links.ts';
import { AskedFacts } from './asked-facts.tsx';
import { OptionWords } from './option-words.tsx';

/** Who asked for it and how, and what it left in the log and on disk. */
export function UpgradeFacts({ upgrade }: { upgrade: Upgrade }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const { tenantId, serviceId, kind, batchId, wave, changeIds, id } = upgrade;
  return (
    <section className="panel" aria-label={t('upgrades.facts')}>
      <dl className="facts">
        <dt>{t('terms.tenant')}</dt>
        <dd>
          <Anchor component={Link} to={`/tenants/${encodeURIComponent(tenantId)}`} size="sm" className="mono">
            {tenantId}
          </Anchor>
        </dd>
        <dt>{t('terms.service')}</dt>
        <dd>
          <Anchor component={Link} to={`/services/${encodeURIComponent(serviceId)}`} size="sm" className="mono">
            {serviceId}
          </Anchor>
        </dd>
        <dt>{t('upgrades.kind')}</dt>
        <dd>{t(`upgrades.kindMeans.${kind}`)}</dd>
        {batchId !== null && (
          <>
            <dt>{t('batches.one')}</dt>
            <dd>
              <Anchor component={Link} to={`/upgrades/batches/${batchId}`} size="sm">
                {t('batches.waveNumber', { number: wave === null ? t('state.none') : number(wave) })}
              </Anchor>
            </dd>
          </>
        )}
        <AskedFacts of={upgrade} />
        <dt>{t('upgrades.options.title')}</dt>
        <dd>
          <OptionWords options={upgrade.options} kind={kind} />
        </dd>
        <dt>{t('nav.changes')}</dt>
        <dd>
          {changeIds.length === 0 && t('state.none')}
          <span className="upgrade-links">
            {changeIds.map((changeId) => (
              <Anchor key={changeId} component={Link} to={`/changes/${changeId}`} size="sm" className="mono">
                {t('upgrades.changeNumber', { number: revisionIn(changeId) })}
              </Anchor>
            ))}
          </span>
        </dd>
        <dt>{t('upgrades.backups')}</dt>
        <dd>{upgrade.backupIds.length === 0 ? t('state.none') : <BackupList upgrade={upgrade} />}</dd>
        <dt>{t('upgrades.id')}</dt>
        <dd className="mono upgrade-id">{id}</dd>
      </dl>
    </section>
  );
}

/** What was kept before something was taken away; it is restored from the page of the tenant. */
function BackupList({ upgrade: { tenantId, serviceId, backupIds } }: { upgrade: Upgrade }) {
  const { t } = useTranslation();
  const { number, dateTime } = useFormat();
  const backups = useQuery({
    queryKey: ['backups', tenantId, serviceId, backupIds],
    queryFn: ({ signal }) => listBackups({ tenantId, serviceId, limit: 100 }, { signal }),
  });
  const own = backups.data?.items.filter(({ id }) => backupIds.includes(id)) ?? [];
  return (
    <>
      {own.map(({ id, state, method, byteCount, createdAt, expiresAt, place }) => (
        <div key={id}>
          {dateTime(createdAt)} {'·'} {t(`upgrades.backupStates.${state}`)} {'·'} <span className="mono">{method}</span>
          {byteCount !== null && ` · ${t('upgrades.bytes', { bytes: number(byteCount) })}`}
          {expiresAt !== null && <div className="dimmed">{t('upgrades.keptUntil', { at: dateTime(expiresAt) })}</div>}
          {place !== null && <div className="mono dimmed upgrade-id">{place}</div>}
        </div>
      ))}
      {own.length < backupIds.length && backups.isFetched && (
        <div className="mono upgrade-id">{backupIds.join(' ')}</div>
      )}
    </>
  );
}
