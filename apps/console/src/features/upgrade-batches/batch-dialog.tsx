import { Radio, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  confirmUpgradeBatch,
  listUpgrades,
  pauseUpgradeBatch,
  planUpgrade,
  resumeUpgradeBatch,
  rollBackUpgradeBatch,
} from '../../api/generated/grey.ts';
import type { UpgradeBatch } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { ConfirmTyped } from '../../parts/confirm-typed.tsx';
import { ReasonDialog } from '../../parts/reason-dialog.tsx';
import { ContractForm } from '../upgrades/confirm-contract.tsx';
import { WhatContractTakes } from '../upgrades/contract-preview.tsx';
import type { BatchAction } from './batch-state.ts';

interface BatchDialogProps {
  batch: UpgradeBatch;
  action: BatchAction;
  onClose: () => void;
}

/** What comes before something is done to a whole batch. */
export function BatchDialog({ batch, action, onClose }: BatchDialogProps) {
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (call: () => Promise<UpgradeBatch>) => call(),
    onSuccess: (changed) => {
      client.setQueryData(['upgrade-batches', 'one', changed.id], changed);
      void client.invalidateQueries({ queryKey: ['upgrade-batches', 'list'] });
      void client.invalidateQueries({ queryKey: ['upgrades', 'list'] });
      onClose();
    },
  });
  const further = { batch, onClose, isBusy: change.isPending, error: change.error, send: change.mutate };
  if (action === 'rollback') return <RollBack {...further} />;
  if (action === 'confirm') return <ConfirmAll {...further} />;
  return <PauseOrResume {...further} action={action} />;
}

interface FurtherProps {
  batch: UpgradeBatch;
  onClose: () => void;
  isBusy: boolean;
  error: unknown;
  send: (call: () => Promise<UpgradeBatch>) => void;
}

const calls = { pause: pauseUpgradeBatch, resume: resumeUpgradeBatch };

function PauseOrResume({ batch, action, send, ...further }: FurtherProps & { action: 'pause' | 'resume' }) {
  const { t } = useTranslation();
  return (
    <ReasonDialog
      {...further}
      title={t(`batches.do.${action}Title`, { name: batch.name })}
      action={t(`batches.do.${action}`)}
      leave={t('upgrades.leaveIt')}
      onAnswer={(body) => send(() => calls[action](batch.id, body))}
    >
      <Text size="sm">{t(`batches.do.${action}Means`)}</Text>
    </ReasonDialog>
  );
}

/** Tenants of which something may have to be taken back: all that were begun. */
function begunOf(counts: UpgradeBatch['counts']): number {
  return counts.total - counts.queued - counts.aborted - counts.skipped - counts.failed;
}

function RollBack({ batch, send, ...further }: FurtherProps) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const [waves, setWaves] = useState<'current' | 'all'>('current');
  const current = batch.waves.find((one) => one.number === batch.wave);
  // What must be typed does not change under the fingers while the batch goes on.
  const [counts] = useState(() => ({ all: begunOf(batch.counts), current: current ? begunOf(current.counts) : 0 }));
  return (
    <ConfirmTyped
      {...further}
      title={t('batches.do.rollbackTitle', { name: batch.name })}
      word={String(counts[waves])}
      action={t('batches.do.rollbackGo')}
      leave={t('upgrades.leaveIt')}
      isReasonNeeded
      onConfirm={(reason) => send(() => rollBackUpgradeBatch(batch.id, { reason: reason ?? '', waves }))}
    >
      <Stack gap="sm">
        <div>{t('batches.do.rollbackMeans', { to: batch.toVersion })}</div>
        <Radio.Group
          size="xs"
          label={t('batches.do.which')}
          value={waves}
          onChange={(value) => setWaves(value as 'current' | 'all')}
        >
          <Stack gap={4} mt={4}>
            {(['current', 'all'] as const).map((value) => (
              <Radio
                key={value}
                size="xs"
                value={value}
                label={t(`batches.do.${value}Waves`, {
                  wave: current ? `${number(current.number)} ${current.name}` : t('state.none'),
                  count: counts[value],
                })}
              />
            ))}
          </Stack>
        </Radio.Group>
      </Stack>
    </ConfirmTyped>
  );
}

/** One who waits stands for all: the same sets are contracted everywhere. */
function ConfirmAll({ batch, send, ...further }: FurtherProps) {
  const { t } = useTranslation();
  const { id, serviceId, toVersion, fromVersion, counts, options } = batch;
  const [waiting] = useState(counts.waiting);
  const sample = useQuery({
    queryKey: ['upgrades', 'plan', 'batch', id],
    queryFn: async ({ signal }) => {
      const [one] = (await listUpgrades({ batchId: id, state: 'waiting', limit: 1 }, { signal })).items;
      return one ? planUpgrade(one.tenantId, serviceId, { toVersion }, { signal }) : null;
    },
    gcTime: 0,
    retry: false,
  });
  const from = fromVersion ?? t('batches.before');
  return (
    <ContractForm
      {...further}
      title={t('batches.do.confirmTitle', { name: batch.name })}
      word={String(waiting)}
      onConfirm={(body) => send(() => confirmUpgradeBatch(id, body))}
    >
      <div>{t('batches.do.confirmMeans', { count: waiting, from })}</div>
      <WhatContractTakes plan={sample} from={from} backup={options.backup} isSample />
    </ContractForm>
  );
}
