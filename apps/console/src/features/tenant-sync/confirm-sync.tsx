import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../../api/api-problem.ts';
import { applyTenantSync } from '../../api/generated/grey.ts';
import type { TenantSyncPlan, TenantSyncResult } from '../../api/generated/model/index.ts';
import { useIdempotencyKey } from '../../api/use-idempotency-key.ts';
import { useFormat } from '../../i18n/format.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Failure } from '../../parts/states.tsx';
import { affectedKeys } from './sync-counts.ts';
import { PlanEffect, PlanShare } from './sync-question.tsx';
import { SyncSamples } from './sync-samples.tsx';

interface ConfirmSyncProps {
  plan: TenantSyncPlan;
  planToken: string;
  /** Asks the source again, for a plan that fits what is there now. */
  onAgain: () => void;
  onApplied: (result: TenantSyncResult) => void;
  onClose: () => void;
}

/** Shows what the guard stopped, tenant by tenant, and applies exactly that once its size has been typed. */
export function ConfirmSync({ plan, planToken, onAgain, onApplied, onClose }: ConfirmSyncProps) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const keyFor = useIdempotencyKey();
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useState('');
  const apply = useMutation({
    mutationFn: () => {
      const body = { planToken, ...(reason.trim() ? { reason: reason.trim() } : {}) };
      return applyTenantSync(body, { headers: { 'idempotency-key': keyFor(body) } });
    },
    onSuccess: onApplied,
  });
  const isOutdated =
    apply.error instanceof ApiProblem &&
    ['PLAN_STALE', 'PLAN_EXPIRED', 'PLAN_TOKEN_INVALID'].includes(apply.error.code);
  const isTyped = typed.trim() === String(plan.affectedCount);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isTyped && !isOutdated) apply.mutate();
  };
  return (
    <Dialog onClose={onClose} size={760} title={t('tenantSync.confirmTitle')} closesOnClickOutside={false}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <PlanShare plan={plan} />
          <PlanEffect plan={plan} />
          {plan.counts.deleted > 0 && <Text size="sm">{t('tenantSync.deleteMeans')}</Text>}
          <SyncSamples counts={plan.counts} samples={plan.samples} keys={affectedKeys} open={['deleted']} />
          <TextInput
            label={t('tenantSync.typeCount', { count: plan.affectedCount })}
            value={typed}
            autoComplete="off"
            inputMode="numeric"
            onChange={(event) => setTyped(event.currentTarget.value)}
            data-autofocus
          />
          <TextInput
            label={t('confirm.reason')}
            value={reason}
            maxLength={500}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {apply.isError && <Failure error={apply.error} onRetry={isOutdated ? onAgain : undefined} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" color="red" disabled={!isTyped || isOutdated} loading={apply.isPending}>
              {t('tenantSync.apply', { affected: number(plan.affectedCount) })}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
