import { Button, Group, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
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
import { Dialog } from '../../parts/dialog.tsx';
import { Failure, Loading } from '../../parts/states.tsx';
import { ContractForm } from '../upgrades/confirm-contract.tsx';
import { MigrationSql } from '../upgrades/migration-sql.tsx';
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

function PauseOrResume({ batch, action, onClose, isBusy, error, send }: FurtherProps & { action: 'pause' | 'resume' }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const text = reason.trim();
    if (!isBusy) send(() => calls[action](batch.id, text ? { reason: text } : {}));
  };
  return (
    <Dialog onClose={onClose} title={t(`batches.do.${action}Title`, { name: batch.name })}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm">{t(`batches.do.${action}Means`)}</Text>
          <TextInput
            label={t('confirm.reason')}
            value={reason}
            maxLength={500}
            autoComplete="off"
            data-autofocus
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {error ? <Failure error={error} /> : null}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('upgrades.leaveIt')}
            </Button>
            <Button type="submit" loading={isBusy}>
              {t(`batches.do.${action}`)}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

/** Tenants of which something may have to be taken back: all that were begun. */
function begunOf(counts: UpgradeBatch['counts']): number {
  return counts.total - counts.queued - counts.aborted - counts.skipped - counts.failed;
}

function RollBack({ batch, onClose, isBusy, error, send }: FurtherProps) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const [waves, setWaves] = useState<'current' | 'all'>('current');
  const current = batch.waves.find((one) => one.number === batch.wave);
  // What must be typed does not change under the fingers while the batch goes on.
  const [counts] = useState(() => ({ all: begunOf(batch.counts), current: current ? begunOf(current.counts) : 0 }));
  return (
    <ConfirmTyped
      title={t('batches.do.rollbackTitle', { name: batch.name })}
      word={String(counts[waves])}
      action={t('batches.do.rollbackGo')}
      isReasonNeeded
      isBusy={isBusy}
      error={error}
      onClose={onClose}
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
function ConfirmAll({ batch, onClose, isBusy, error, send }: FurtherProps) {
  const { t } = useTranslation();
  const { id, serviceId, toVersion, fromVersion, counts } = batch;
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
  const taken = sample.data?.migrations.filter(({ phase }) => phase === 'contract') ?? [];
  return (
    <ContractForm
      title={t('batches.do.confirmTitle', { name: batch.name })}
      word={String(waiting)}
      isBusy={isBusy}
      error={error}
      onClose={onClose}
      onConfirm={(body) => send(() => confirmUpgradeBatch(id, body))}
    >
      <Text size="sm">
        {t('batches.do.confirmMeans', { count: waiting, from: fromVersion ?? t('batches.before') })}
      </Text>
      {sample.isPending && <Loading what={t('plan.what')} />}
      {sample.isError && <Failure error={sample.error} onRetry={() => void sample.refetch()} />}
      {sample.isSuccess && (
        <div className="panel" data-tone="bad">
          <Text size="sm" fw={600}>
            {sample.data?.pointOfNoReturn ?? t('upgrades.contract.nothingKnown')}
          </Text>
          {sample.data && (
            <Text size="xs" c="dimmed">
              {t('batches.do.asOf', { tenant: sample.data.tenantId })}
            </Text>
          )}
        </div>
      )}
      {taken.length > 0 && <MigrationSql migrations={taken} isOpen />}
    </ContractForm>
  );
}
