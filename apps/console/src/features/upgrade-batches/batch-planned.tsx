import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../../api/api-problem.ts';
import { createUpgradeBatch, planUpgradeBatch } from '../../api/generated/grey.ts';
import type { GuardOverride, PlanUpgradeBatch, UpgradeBatchPlan } from '../../api/generated/model/index.ts';
import { useIdempotencyKey } from '../../api/use-idempotency-key.ts';
import { ReasonField } from '../../parts/reason-field.tsx';
import { Failure, Loading } from '../../parts/states.tsx';
import { BatchPlanView } from './batch-plan-view.tsx';

/** From this many tenants on, the operator types the number. */
const typedFrom = 100;

interface BatchPlannedProps {
  request: PlanUpgradeBatch;
  mayCreate: boolean;
  onOverride: (override: GuardOverride | undefined) => void;
}

/** Who exactly would be in which wave, who is left out and what speaks against it; then its name, and the start. */
export function BatchPlanned({ request, mayCreate, onOverride }: BatchPlannedProps) {
  const { t } = useTranslation();
  const plan = useQuery({
    queryKey: ['upgrade-batches', 'plan', request],
    queryFn: ({ signal }) => planUpgradeBatch(request, { signal }),
    enabled: mayCreate,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  if (!mayCreate) return null;
  if (plan.isPending || plan.isRefetching) return <Loading what={t('plan.what')} />;
  if (plan.isError) return <Failure error={plan.error} onRetry={() => void plan.refetch()} />;
  return (
    <Stack gap="sm" data-testid="batch-plan">
      <BatchPlanView plan={plan.data} request={request} onOverride={onOverride} />
      <StartForm plan={plan.data} request={request} onPlanAgain={() => void plan.refetch()} />
    </Stack>
  );
}

interface StartFormProps {
  plan: UpgradeBatchPlan;
  request: PlanUpgradeBatch;
  onPlanAgain: () => void;
}

function StartForm({ plan, request, onPlanAgain }: StartFormProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const keyFor = useIdempotencyKey();
  const [name, setName] = useState('');
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const { tenantCount, planToken } = plan;
  const start = useMutation({
    mutationFn: () => {
      const body = {
        ...request,
        planToken,
        ...(name.trim() ? { name: name.trim() } : {}),
        ...(reason.trim() ? { reason: reason.trim() } : {}),
      };
      return createUpgradeBatch(body, { headers: { 'idempotency-key': keyFor(body) } });
    },
    onSuccess: (batch) => {
      client.setQueryData(['upgrade-batches', 'one', batch.id], batch);
      void client.invalidateQueries({ queryKey: ['upgrade-batches', 'list'] });
      void navigate({ to: '/upgrades/batches/$batchId', params: { batchId: batch.id } });
    },
  });
  const isOutdated =
    start.error instanceof ApiProblem &&
    ['PLAN_STALE', 'PLAN_EXPIRED', 'PLAN_TOKEN_INVALID'].includes(start.error.code);
  const isReady = tenantCount > 0 && !isOutdated && (tenantCount < typedFrom || typed.trim() === String(tenantCount));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady && !start.isPending) start.mutate();
  };
  if (tenantCount === 0) return <Text size="sm">{t('batches.new.nobody')}</Text>;
  return (
    <form onSubmit={submit}>
      <Stack gap="sm" maw={720}>
        <Group gap="sm" grow align="flex-end">
          <TextInput
            label={t('batches.name')}
            placeholder={t('batches.new.namedByItself')}
            value={name}
            maxLength={120}
            autoComplete="off"
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <ReasonField value={reason} onChange={setReason} />
        </Group>
        {tenantCount >= typedFrom && (
          <TextInput
            label={t('batches.new.typeCount', { count: tenantCount })}
            value={typed}
            autoComplete="off"
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
        {start.isError && <Failure error={start.error} onRetry={isOutdated ? onPlanAgain : undefined} />}
        <div>
          <Button type="submit" disabled={!isReady} loading={start.isPending}>
            {t('batches.new.go', { count: tenantCount })}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
