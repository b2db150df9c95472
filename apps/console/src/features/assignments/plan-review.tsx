import { Anchor, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../../api/api-problem.ts';
import { untilConverged, watchConvergence } from '../../api/convergence.ts';
import { applyAssignments, planAssignments } from '../../api/generated/grey.ts';
import type { CellMove, GuardOverride, Plan, PlanRequest } from '../../api/generated/model/index.ts';
import { useIdempotencyKey } from '../../api/use-idempotency-key.ts';
import { useFormat } from '../../i18n/format.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Failure, Loading } from '../../parts/states.tsx';
import { wayFor } from '../compatibility/way-for.ts';
import { useEffectiveWords } from '../routers/effective-words.ts';
import { PlanConflicts } from './plan-conflicts.tsx';
import { PlanMoves } from './plan-diff.tsx';
import { PlanOverridden, PlanRefusals } from './plan-refusals.tsx';
import { conflictsOf, resolveConflicts } from './resolve-conflicts.ts';

/** From this many moves on, the operator types the number before applying. */
const typedFrom = 100;

interface PlanReviewProps {
  /** Single cells, or a selection with its targets; conflicts are settled by cell only. */
  cells?: readonly CellMove[];
  request?: PlanRequest;
  onClose: () => void;
  onApplied: () => void;
}

/** Asks the API what the moves would do, shows it, settles conflicts, and applies the plan as one change. */
export function PlanReview({ cells: asked, request, onClose, onApplied }: PlanReviewProps) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const client = useQueryClient();
  const keyFor = useIdempotencyKey();
  const wordEffective = useEffectiveWords();
  const [cells, setCells] = useState<CellMove[]>([...(asked ?? [])]);
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const [override, setOverride] = useState<GuardOverride | null>(null);
  const asPlanned: PlanRequest = { ...(request ?? { cells }), ...(override ? { override } : {}) };
  const isAsked = request !== undefined || cells.length > 0;
  const plan = useQuery({
    queryKey: ['plan', asPlanned],
    queryFn: ({ signal }) => planAssignments(asPlanned, { signal }),
    enabled: isAsked,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  const apply = useMutation({
    mutationFn: ({ planToken }: Plan) => {
      const body = { planToken, plan: asPlanned, ...(reason.trim() ? { reason: reason.trim() } : {}) };
      const headers = { 'idempotency-key': keyFor(body) };
      return watchConvergence((onConvergence) => applyAssignments(body, untilConverged, { headers, onConvergence }));
    },
    onSuccess: async ({ result, convergence }) => {
      notifications.show({
        title: t('plan.applied', { moves: number(result.summary.moveCount) }),
        message: result.changeId
          ? [t('plan.appliedAs', { changeId: result.changeId }), wordEffective(convergence)].filter(Boolean).join('. ')
          : t('plan.nothingChanged'),
        autoClose: 8000,
      });
      onApplied();
      await Promise.all(
        [['tenant-services'], ['matrix'], ['versions'], ['changes']].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      );
    },
  });
  const isOutdated =
    apply.error instanceof ApiProblem &&
    ['PLAN_STALE', 'PLAN_EXPIRED', 'PLAN_TOKEN_INVALID'].includes(apply.error.code);
  const planAgain = () => {
    apply.reset();
    void plan.refetch();
  };
  const way = wayFor(plan.data?.refusals ?? [], asPlanned);
  const conflicts = conflictsOf(plan.data?.refusals ?? []);
  const moveCount = plan.data?.summary.moveCount ?? 0;
  const isTyped = moveCount < typedFrom || typed.trim() === String(moveCount);

  return (
    <Dialog onClose={onClose} size={860} title={t('plan.title')}>
      <Stack gap="sm">
        {!isAsked && <Text size="sm">{t('plan.nothingLeft')}</Text>}
        {plan.isFetching && <Loading what={t('plan.what')} />}
        {plan.isError && <Failure error={plan.error} onRetry={planAgain} />}
        {plan.data && !plan.isFetching && isAsked && (
          <>
            <PlanSummaryLine plan={plan.data} />
            {conflicts.length > 0 && (
              <PlanConflicts
                key={plan.dataUpdatedAt}
                conflicts={conflicts}
                cells={cells}
                onChoose={(choiceOf) => setCells(resolveConflicts(cells, conflicts, choiceOf))}
              />
            )}
            <PlanMoves plan={plan.data} />
            <PlanRefusals
              refusals={plan.data.refusals.filter((one) => !conflicts.includes(one))}
              onOverride={setOverride}
            />
            {way && (
              <Anchor component={Link} to={`/compatibility/upgrade?${new URLSearchParams({ ...way })}`} size="sm">
                {t('refused.findWay')}
              </Anchor>
            )}
            {override && (
              <PlanOverridden
                overridden={plan.data.overridden}
                reason={override.reason}
                onWithdraw={() => setOverride(null)}
              />
            )}
            <TextInput
              label={t('confirm.reason')}
              value={reason}
              maxLength={500}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
            {moveCount >= typedFrom && (
              <TextInput
                label={t('plan.typeCount', { count: moveCount })}
                value={typed}
                autoComplete="off"
                onChange={(event) => setTyped(event.currentTarget.value)}
              />
            )}
          </>
        )}
        {apply.isError && <Failure error={apply.error} onRetry={isOutdated ? planAgain : undefined} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button
            disabled={!plan.data || plan.isFetching || moveCount === 0 || !isTyped || isOutdated}
            loading={apply.isPending}
            onClick={() => plan.data && apply.mutate(plan.data)}
          >
            {t('plan.apply', { moves: number(moveCount) })}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

function PlanSummaryLine({ plan }: { plan: Plan }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const { moveCount, tenantCount, serviceCount, noopCount, refusedCount } = plan.summary;
  return (
    <Text size="sm" data-testid="plan-summary">
      {t('plan.summary', { moves: number(moveCount), tenants: number(tenantCount), services: number(serviceCount) })}
      {noopCount > 0 && ` ${t('plan.noops', { noops: number(noopCount) })}`}
      {refusedCount > 0 && ` ${t('plan.refused', { refused: number(refusedCount) })}`}
    </Text>
  );
}
