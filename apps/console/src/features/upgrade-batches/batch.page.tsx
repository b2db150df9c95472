import { Anchor, Button, Stack, Text } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { getStreamUpgradeBatchUrl, getUpgradeBatch } from '../../api/generated/grey.ts';
import type { UpgradeBatch, UpgradeBatchEvent } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { useFollowed } from '../../live/use-followed.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { Failure, Loading } from '../../parts/states.tsx';
import { StatusLabel } from '../../parts/status.tsx';
import { usePermission } from '../access/me.ts';
import { FollowedMark } from '../upgrades/followed-mark.tsx';
import { OptionWords } from '../upgrades/option-words.tsx';
import { BatchDialog } from './batch-dialog.tsx';
import { actionsOnBatch, type BatchAction, batchTones, endedCount, isBatchOver, minutesLeft } from './batch-state.ts';
import { BatchUpgrades } from './batch-upgrades.tsx';
import './batches.css';
import { WaveList } from './wave-list.tsx';

/** One batch: what it does now, wave by wave, and who needs somebody. */
export function UpgradeBatchPage() {
  const { t } = useTranslation();
  const { batchId } = useParams({ from: '/shell/upgrades/batches/$batchId' });
  const { query, isFollowing, isStreaming } = useFollowed<UpgradeBatch>({
    queryKey: ['upgrade-batches', 'one', batchId],
    load: (signal) => getUpgradeBatch(batchId, { signal }),
    streamUrl: getStreamUpgradeBatchUrl(batchId),
    pick: (event) => (event as UpgradeBatchEvent).batch,
    isOver: isBatchOver,
  });
  const [action, setAction] = useState<BatchAction | null>(null);
  const batch = query.data;
  return (
    <>
      <PageHeader
        title={batch?.name ?? batchId}
        note={
          batch && (
            <span className="upgrade-note">
              <span className="mono">
                {`${batch.serviceId} ${batch.fromVersion === null ? '' : `${batch.fromVersion} → `}${batch.toVersion}`}
              </span>
              <StatusLabel tone={batchTones[batch.state]}>{t(`batches.states.${batch.state}`)}</StatusLabel>
              {isFollowing && <FollowedMark isStreaming={isStreaming} />}
            </span>
          )
        }
        before={
          <Anchor component={Link} to="/upgrades/batches" size="xs">
            {t('batches.back')}
          </Anchor>
        }
        actions={batch && <BatchButtons batch={batch} onAction={setAction} />}
      />
      {query.isPending && <Loading what={t('batches.one')} />}
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {batch && (
        <Stack gap="sm">
          <Headline batch={batch} />
          <Figures batch={batch} />
          <WaveList batch={batch} />
          <BatchUpgrades batch={batch} />
          <BatchFacts batch={batch} />
        </Stack>
      )}
      {batch && action && <BatchDialog batch={batch} action={action} onClose={() => setAction(null)} />}
    </>
  );
}

function BatchButtons({ batch, onAction }: { batch: UpgradeBatch; onAction: (action: BatchAction) => void }) {
  const { t } = useTranslation();
  const mayRun = usePermission('upgrades.batch');
  const mayContract = usePermission('upgrades.contract');
  const actions = actionsOnBatch(batch).filter((action) => (action === 'confirm' ? mayContract : mayRun));
  return actions.map((action) => (
    <Button
      key={action}
      variant={action === 'confirm' || action === 'resume' ? 'filled' : 'default'}
      {...(action === 'confirm' ? { color: 'red' } : {})}
      {...(action === 'rollback' ? { c: 'var(--bad)' } : {})}
      onClick={() => onAction(action)}
    >
      {t(`batches.do.${action}`)}
    </Button>
  ));
}

/** Where the API's own words add something to what is said here: why it stopped, who took it back. */
const isTold: Partial<Record<UpgradeBatch['state'], boolean>> = {
  done: true,
  rolling_back: true,
  rolled_back: true,
  stopped: true,
  needs_operator: true,
};

/** What is happening, and what can still be taken back: first of all, and in words. */
function Headline({ batch }: { batch: UpgradeBatch }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const { state, wave, waves, sentence, fromVersion, toVersion, counts } = batch;
  const words = {
    wave: wave === null ? t('state.none') : number(wave),
    waves: number(waves.length),
    to: toVersion,
    from: fromVersion ?? t('batches.before'),
    waiting: number(counts.waiting),
  };
  const hasContract = batch.options.contract === 'ask';
  const back =
    state === 'contracting' || (state === 'done' && hasContract) ? 'contracted' : isBatchOver(batch) ? 'over' : 'open';
  return (
    <section className="panel upgrade-headline" data-tone={batchTones[state]} aria-label={t('upgrades.state')}>
      <Text fw={600} role="status">
        {t(`batches.now.${state}`, words)}
      </Text>
      {back !== 'over' && <Text size="sm">{t(`batches.returns.${back}`, words)}</Text>}
      {isTold[state] && (
        <Text size="sm" c="dimmed">
          {sentence}
        </Text>
      )}
    </section>
  );
}

function Figures({ batch }: { batch: UpgradeBatch }) {
  const { t } = useTranslation();
  const { number, duration, percent } = useFormat();
  const { counts, ratePerMinute, createdAt, finishedAt } = batch;
  const left = minutesLeft(batch);
  const figures = [
    ['tenants', number(counts.total)],
    ['ended', percent((endedCount(counts) / Math.max(1, counts.total)) * 100)],
    ['done', number(counts.done)],
    ['failed', number(counts.failed)],
    ['needsOperator', number(counts.needsOperator)],
    ['running', number(counts.running)],
    ['waiting', number(counts.waiting)],
    ['queued', number(counts.queued)],
    ['takenBack', number(counts.aborted + counts.skipped)],
    finishedAt === null
      ? (['rate', number(Math.round(ratePerMinute * 10) / 10)] as const)
      : (['took', duration(Date.parse(finishedAt) - Date.parse(createdAt))] as const),
    ...(left === undefined ? [] : [['left', duration(left * 60_000)] as const]),
  ] as const;
  return (
    <dl className="figures batch-figures">
      {figures.map(([name, value]) => (
        <div
          key={name}
          data-loud={(name === 'failed' && counts.failed > 0) || (name === 'needsOperator' && counts.needsOperator > 0)}
        >
          <dt>{t(`batches.figures.${name}`)}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function BatchFacts({ batch }: { batch: UpgradeBatch }) {
  const { t } = useTranslation();
  const { dateTime, number } = useFormat();
  const { requestedBy, createdAt, finishedAt, reason, concurrency, order, kind, options, id } = batch;
  return (
    <details className="panel fold">
      <summary>
        <strong>{t('batches.facts')}</strong>
      </summary>
      <dl className="facts">
        <dt>{t('upgrades.askedBy')}</dt>
        <dd>
          {requestedBy.name} {'·'} {dateTime(createdAt)}
        </dd>
        <dt>{t('upgrades.reason')}</dt>
        <dd>{reason ?? t('state.none')}</dd>
        {finishedAt !== null && (
          <>
            <dt>{t('upgrades.ended')}</dt>
            <dd>{dateTime(finishedAt)}</dd>
          </>
        )}
        <dt>{t('upgrades.kind')}</dt>
        <dd>{t(`upgrades.kindMeans.${kind}`)}</dd>
        <dt>{t('batches.concurrency')}</dt>
        <dd>{number(concurrency)}</dd>
        <dt>{t('batches.order')}</dt>
        <dd>{t(`batches.orders.${order as 'id'}`)}</dd>
        <dt>{t('upgrades.options.title')}</dt>
        <dd>
          <OptionWords options={options} kind={kind} />
        </dd>
        <dt>{t('batches.id')}</dt>
        <dd className="mono upgrade-id">{id}</dd>
      </dl>
    </details>
  );
}
