import { Button, Stack } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { getStreamUpgradeBatchUrl, getUpgradeBatch } from '../../api/generated/grey.ts';
import type { UpgradeBatch, UpgradeBatchEvent } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { useFollowed } from '../../live/use-followed.ts';
import { BackLink } from '../../parts/back-link.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Queried } from '../../parts/queried.tsx';
import { StatusLabel } from '../../parts/status.tsx';
import { usePermission } from '../access/me.ts';
import { AskedFacts } from '../upgrades/asked-facts.tsx';
import { FollowedMark } from '../upgrades/followed-mark.tsx';
import { OptionWords } from '../upgrades/option-words.tsx';
import { BatchDialog } from './batch-dialog.tsx';
import { BatchExceptions } from './batch-exceptions.tsx';
import { BatchFigures, BatchHeadline } from './batch-headline.tsx';
import { actionsOnBatch, type BatchAction, batchToneOf, isBatchOver, moveOf, standingOf } from './batch-state.ts';
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
              <span className="mono">{moveOf(batch)}</span>
              <StatusLabel tone={batchToneOf(batch)}>{t(`batches.states.${standingOf(batch)}`)}</StatusLabel>
              {isFollowing && <FollowedMark isStreaming={isStreaming} />}
            </span>
          )
        }
        before={<BackLink to="/upgrades/batches">{t('batches.back')}</BackLink>}
        actions={batch && <BatchButtons batch={batch} onAction={setAction} />}
      />
      <Queried query={query} what={t('batches.one')}>
        {(found) => (
          <Stack gap="sm">
            <BatchHeadline batch={found} />
            <BatchFigures batch={found} />
            <WaveList batch={found} />
            <BatchExceptions batch={found} />
            <BatchUpgrades batch={found} />
            <BatchFacts batch={found} />
          </Stack>
        )}
      </Queried>
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

function BatchFacts({ batch }: { batch: UpgradeBatch }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const { concurrency, order, kind, options, id } = batch;
  return (
    <details className="panel fold">
      <summary>
        <strong>{t('batches.facts')}</strong>
      </summary>
      <dl className="facts">
        <AskedFacts of={batch} />
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
