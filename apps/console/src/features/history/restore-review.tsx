import { Button, Checkbox, Group, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../../api/api-problem.ts';
import type { CallInit } from '../../api/call-api.ts';
import { untilConverged, watchConvergence } from '../../api/convergence.ts';
import type { GuardOverride, RestorePlan, RestoreResult } from '../../api/generated/model/index.ts';
import { useIdempotencyKey } from '../../api/use-idempotency-key.ts';
import { useFormat } from '../../i18n/format.ts';
import { Failure, Loading } from '../../parts/states.tsx';
import { PlanOverridden } from '../assignments/plan-refusals.tsx';
import { RestoreConflicts, RestoreRefusals, RestoreWrites } from './restore-lists.tsx';
import { RestoreSummary, RestoreWritten } from './restore-outcome.tsx';

/** From this many writes on, the operator types the number before applying. */
const typedFrom = 100;
const outdatedCodes = ['PLAN_STALE', 'PLAN_EXPIRED', 'PLAN_TOKEN_INVALID'];

export interface RestoreBody {
  planToken: string;
  reason: string;
}

/** How to plan; what is applied is planned the same way. */
export interface RestoreOptions {
  /** Write back also what later changes touched. */
  readonly overwrite: boolean;
  /** Left out, or the word that sets aside what can be set aside. */
  readonly guard: { override?: GuardOverride };
}

interface RestoreReviewProps {
  /** Tells plans of different things apart. */
  planKey: readonly string[];
  plan: (options: RestoreOptions, signal: AbortSignal) => Promise<RestorePlan>;
  apply: (
    body: RestoreBody,
    options: RestoreOptions,
    params: typeof untilConverged,
    init: CallInit,
  ) => Promise<RestoreResult>;
  action: string;
  /** False where what came later cannot stand in the way. */
  hasConflicts?: boolean;
  onClose: () => void;
}

/** Asks what writing back would do, shows it, and does it as one change once a reason is given. */
export function RestoreReview({ planKey, plan, apply, action, hasConflicts = true, onClose }: RestoreReviewProps) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const client = useQueryClient();
  const keyFor = useIdempotencyKey();
  const [isOverwriting, setOverwriting] = useState(false);
  const [override, setOverride] = useState<GuardOverride | null>(null);
  const options: RestoreOptions = { overwrite: isOverwriting, guard: override ? { override } : {} };
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const planned = useQuery({
    queryKey: ['restore-plan', ...planKey, options],
    queryFn: ({ signal }) => plan(options, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  const written = useMutation({
    mutationFn: ({ planToken }: RestorePlan) => {
      const body = { planToken, reason: reason.trim() };
      const headers = { 'idempotency-key': keyFor([body, options]) };
      return watchConvergence((onConvergence) => apply(body, options, untilConverged, { headers, onConvergence }));
    },
    // Anything may have been written back.
    onSuccess: () => client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'restore-plan' }),
  });
  if (written.data) return <RestoreWritten written={written.data} onClose={onClose} />;
  const isOutdated = written.error instanceof ApiProblem && outdatedCodes.includes(written.error.code);
  const planAgain = () => {
    written.reset();
    void planned.refetch();
  };
  const isReady = planned.data !== undefined && !planned.isFetching;
  const count = planned.data?.counts.writeCount ?? 0;
  const isConfirmed = count < typedFrom || typed.trim() === String(count);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (planned.data && isReady && count > 0 && isConfirmed && !isOutdated && reason.trim())
          written.mutate(planned.data);
      }}
    >
      <Stack gap="sm">
        {planned.isFetching && <Loading what={t('plan.what')} />}
        {planned.isError && !planned.isFetching && <Failure error={planned.error} onRetry={planAgain} />}
        {planned.data && isReady && (
          <>
            <RestoreSummary plan={planned.data} />
            <RestoreWrites plan={planned.data} />
            <RestoreConflicts plan={planned.data} />
            {hasConflicts && (planned.data.counts.conflictCount > 0 || isOverwriting) && (
              <Checkbox
                label={t('restore.overwrite')}
                checked={isOverwriting}
                onChange={(event) => setOverwriting(event.currentTarget.checked)}
              />
            )}
            <RestoreRefusals plan={planned.data} onOverride={setOverride} />
            {override && (
              <PlanOverridden
                overridden={planned.data.overridden}
                reason={override.reason}
                onWithdraw={() => setOverride(null)}
              />
            )}
            {count > 0 && (
              <TextInput
                label={t('restore.reason')}
                value={reason}
                maxLength={500}
                required
                onChange={(event) => setReason(event.currentTarget.value)}
              />
            )}
            {count >= typedFrom && (
              <TextInput
                label={t('restore.typeCount', { count })}
                value={typed}
                autoComplete="off"
                onChange={(event) => setTyped(event.currentTarget.value)}
              />
            )}
          </>
        )}
        {written.isError && <Failure error={written.error} onRetry={isOutdated ? planAgain : undefined} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button
            type="submit"
            disabled={!isReady || count === 0 || !isConfirmed || isOutdated || !reason.trim()}
            loading={written.isPending}
          >
            {`${action}: ${number(count)}`}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
