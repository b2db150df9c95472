import { Box, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../../api/api-problem.ts';
import { createUpgradeBatch, planUpgradeBatch } from '../../api/generated/grey.ts';
import type { GuardOverride, Objection, PlanUpgradeBatch, UpgradeBatchPlan } from '../../api/generated/model/index.ts';
import { useIdempotencyKey } from '../../api/use-idempotency-key.ts';
import { useFormat } from '../../i18n/format.ts';
import { Fold } from '../../parts/fold.tsx';
import { ObjectionList, OverrideForm } from '../../parts/refused-moves.tsx';
import { Failure, Loading } from '../../parts/states.tsx';

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
      <PlanView plan={plan.data} request={request} onOverride={onOverride} />
      <StartForm plan={plan.data} request={request} onPlanAgain={() => void plan.refetch()} />
    </Stack>
  );
}

interface PlanViewProps {
  plan: UpgradeBatchPlan;
  request: PlanUpgradeBatch;
  onOverride: (override: GuardOverride | undefined) => void;
}

function PlanView({ plan, request, onOverride }: PlanViewProps) {
  const { t } = useTranslation();
  const { number } = useFormat();
  // Those of the guards, which the contract leaves open here.
  const objections = plan.objections as Objection[];
  const canOverride = objections.length > 0 && objections.every((one) => one.isOverridable);
  return (
    <>
      <Text fw={600} role="status">
        {t('batches.new.summary', {
          count: plan.tenantCount,
          service: request.serviceId,
          to: request.toVersion,
          waves: number(plan.waves.length),
        })}
      </Text>
      <ol className="plan-waves">
        {plan.waves.map((wave) => (
          <li key={wave.number}>
            <strong>
              {number(wave.number)} {'·'} {wave.name}
            </strong>
            <span className="plan-wave-count">{t('batches.tenantCount', { count: wave.tenantCount })}</span>
            <ShareWords name={t('filter.tier')} shares={wave.byTier} />
            <ShareWords name={t('filter.region')} shares={wave.byRegion} />
            <span className="mono dimmed plan-wave-sample">
              {wave.sample.join(' ')}
              {wave.tenantCount > wave.sample.length && ' …'}
            </span>
          </li>
        ))}
      </ol>
      {plan.leftOutCount > 0 && (
        <Fold
          title={t('batches.new.leftOut')}
          count={plan.leftOutCount}
          means={t('batches.new.leftOutMeans')}
          isOpen={plan.leftOutCount <= 20}
        >
          <Box component="section" className="batch-left-out" aria-label={t('batches.new.leftOut')} tabIndex={0}>
            <ul className="plain-list">
              {plan.leftOut.map(({ tenantId, code, message }) => (
                <li key={`${tenantId} ${code}`}>
                  <strong className="mono">{tenantId}</strong> {message} <span className="mono dimmed">{code}</span>
                </li>
              ))}
            </ul>
          </Box>
          {plan.leftOutCount > plan.leftOut.length && (
            <Text size="xs" c="dimmed">
              {t('state.firstOf', { shown: number(plan.leftOut.length), all: number(plan.leftOutCount) })}
            </Text>
          )}
        </Fold>
      )}
      {objections.length > 0 && (
        <section className="panel" data-tone="warn">
          <Text size="sm" fw={600}>
            {t('batches.new.objections', { count: plan.objectionCount })}
          </Text>
          <ObjectionList objections={objections} />
          {canOverride && !request.override && <OverrideForm count={plan.objectionCount} onOverride={onOverride} />}
        </section>
      )}
      {request.override && (
        <Group gap="xs">
          <Text size="sm">{t('upgrades.start.setAside', { reason: request.override.reason })}</Text>
          <Button variant="subtle" size="compact-xs" onClick={() => onOverride(undefined)}>
            {t('refused.withdraw')}
          </Button>
        </Group>
      )}
    </>
  );
}

/** The largest shares first; more than a few are summed up. */
function ShareWords({ name, shares }: { name: string; shares: Readonly<Record<string, number>> }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const sorted = Object.entries(shares).sort(([, a], [, b]) => b - a);
  const further = sorted.slice(6).reduce((sum, [, count]) => sum + count, 0);
  return (
    <span>
      <span className="dimmed">{name}</span>{' '}
      {sorted
        .slice(0, 6)
        .map(([key, count]) => `${key || t('state.none')} ${number(count)}`)
        .join(' · ')}
      {further > 0 && ` · … ${number(further)}`}
    </span>
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
          <TextInput
            label={t('confirm.reason')}
            value={reason}
            maxLength={500}
            autoComplete="off"
            onChange={(event) => setReason(event.currentTarget.value)}
          />
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
