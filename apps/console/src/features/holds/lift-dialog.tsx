import type { LiftPlan } from '@grey/contracts';
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../../api/api-problem.ts';
import type { GuardOverride, Hold } from '../../api/generated/model/index.ts';
import { useIdempotencyKey } from '../../api/use-idempotency-key.ts';
import { useFormat } from '../../i18n/format.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { ObjectionList } from '../../parts/refused-moves.tsx';
import { Failure, Loading } from '../../parts/states.tsx';
import { VersionDiff } from '../assignments/plan-diff.tsx';
import { useWatchedChange } from '../routers/use-watched-change.ts';
import { type Manner, planLift, ways } from './lift-plan.ts';
import { ShiftTable } from './shift-table.tsx';

/** From this many tenants on, the operator types the number. */
const typedFrom = 100;
const outdated = [
  ['hold'],
  ['holds'],
  ['rollback'],
  ['rollbacks'],
  ['tenant-services'],
  ['matrix'],
  ['service-source'],
  ['changes'],
] as const;

interface LiftDialogProps {
  hold: Hold;
  manner: Manner;
  onClose: () => void;
}

/** Lifts a hold or undoes its rollback: first what that would move, then the reason, then it. */
export function LiftDialog({ hold, manner, onClose }: LiftDialogProps) {
  const { t } = useTranslation();
  const keyFor = useIdempotencyKey();
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const plan = useQuery({
    queryKey: ['lift-plan', hold.id, manner],
    queryFn: ({ signal }) => planLift(hold.id, manner, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  const change = useWatchedChange(outdated, onClose);
  const isOutdated =
    change.error instanceof ApiProblem &&
    ['PLAN_STALE', 'PLAN_EXPIRED', 'PLAN_TOKEN_INVALID'].includes(change.error.code);
  const planAgain = () => {
    change.reset();
    void plan.refetch();
  };
  const count = plan.data?.affectedCount ?? 0;
  const isReady =
    plan.data !== undefined &&
    !plan.isFetching &&
    !isOutdated &&
    reason.trim() !== '' &&
    (count < typedFrom || typed.trim() === String(count));
  const lift = (override?: GuardOverride) => {
    if (!isReady || change.isPending || !plan.data) return;
    const body = { reason: reason.trim(), planToken: plan.data.planToken, ...(override ? { override } : {}) };
    change.mutate({
      call: (params, init) => ways[manner](hold.id, body, params, init),
      headers: { 'idempotency-key': keyFor(body) },
      done: t(`holds.${manner}Done`, { from: hold.fromVersion }),
    });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    lift();
  };
  return (
    <Dialog onClose={onClose} size={640} title={t(`holds.${manner}Title`, { from: hold.fromVersion })}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm">{t(`holds.${manner}Means`, { from: hold.fromVersion, to: hold.toVersion })}</Text>
          {plan.isFetching && <Loading what={t('plan.what')} />}
          {plan.isError && !plan.isFetching && <Failure error={plan.error} onRetry={planAgain} />}
          {plan.data && !plan.isFetching && <LiftPlanView plan={plan.data} manner={manner} />}
          <TextInput
            label={t('holds.liftReason')}
            required
            withAsterisk={false}
            data-autofocus
            value={reason}
            maxLength={500}
            autoComplete="off"
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {count >= typedFrom && (
            <TextInput
              label={t('plan.typeCount', { count })}
              value={typed}
              autoComplete="off"
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
          )}
          {change.isError && (
            <Failure error={change.error} onRetry={isOutdated ? planAgain : undefined} onOverride={lift} />
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" disabled={!isReady} loading={change.isPending}>
              {t(`holds.${manner}`)}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

function LiftPlanView({ plan, manner }: { plan: LiftPlan; manner: Manner }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const { affectedCount, byMove, moves, restoredCount, keptCount } = plan;
  return (
    <Stack gap={6} data-testid="lift-plan">
      <Text fw={600} role="status">
        {t('holds.wouldMove', { count: affectedCount })}
      </Text>
      {byMove.length > 0 && (
        <ul className="plain-list">
          {byMove.map((group) => (
            <li key={`${group.fromVersion} ${group.toVersion}`}>
              <VersionDiff from={group.fromVersion ?? t('state.none')} to={group.toVersion ?? t('state.none')} />{' '}
              {t('plan.tenantCount', { count: group.tenantCount })}
            </li>
          ))}
        </ul>
      )}
      {manner === 'undo' && (
        <Text size="sm">
          {t('holds.restored', { count: restoredCount })} {keptCount > 0 && t('holds.kept', { count: keptCount })}
        </Text>
      )}
      {moves.length > 0 && <ShiftTable shifts={moves} />}
      {plan.objections.length > 0 && <ObjectionList objections={plan.objections} />}
      {plan.isTruncated && (
        <Text size="xs" c="dimmed">
          {t('plan.truncated', { shown: number(moves.length), all: number(affectedCount) })}
        </Text>
      )}
    </Stack>
  );
}
