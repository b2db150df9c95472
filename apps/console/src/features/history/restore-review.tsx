import { Anchor, Button, Checkbox, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../../api/api-problem.ts';
import type { CallInit } from '../../api/call-api.ts';
import { untilConverged, type Watched, watchConvergence } from '../../api/convergence.ts';
import type { RestorePlan, RestoreResult } from '../../api/generated/model/index.ts';
import { useIdempotencyKey } from '../../api/use-idempotency-key.ts';
import { useFormat } from '../../i18n/format.ts';
import { Failure, Loading } from '../../parts/states.tsx';
import { useEffectiveWords } from '../routers/effective-words.ts';
import { RestoreConflicts, RestoreRefusals, RestoreWrites } from './restore-lists.tsx';

/** From this many writes on, the operator types the number before applying. */
const typedFrom = 100;
const outdatedCodes = ['PLAN_STALE', 'PLAN_EXPIRED', 'PLAN_TOKEN_INVALID'];

export interface RestoreBody {
  planToken: string;
  reason: string;
}

interface RestoreReviewProps {
  /** Tells plans of different things apart. */
  planKey: readonly string[];
  plan: (isOverwriting: boolean, signal: AbortSignal) => Promise<RestorePlan>;
  apply: (
    body: RestoreBody,
    isOverwriting: boolean,
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
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const planned = useQuery({
    queryKey: ['restore-plan', ...planKey, isOverwriting],
    queryFn: ({ signal }) => plan(isOverwriting, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  const written = useMutation({
    mutationFn: ({ planToken }: RestorePlan) => {
      const body = { planToken, reason: reason.trim() };
      const headers = { 'idempotency-key': keyFor(body) };
      return watchConvergence((onConvergence) =>
        apply(body, isOverwriting, untilConverged, { headers, onConvergence }),
      );
    },
    // Anything may have been written back.
    onSuccess: () => client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'restore-plan' }),
  });
  if (written.data) return <Written written={written.data} onClose={onClose} />;
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
            <Summary plan={planned.data} />
            <RestoreWrites plan={planned.data} />
            <RestoreConflicts plan={planned.data} />
            {hasConflicts && (planned.data.counts.conflictCount > 0 || isOverwriting) && (
              <Checkbox
                label={t('restore.overwrite')}
                checked={isOverwriting}
                onChange={(event) => setOverwriting(event.currentTarget.checked)}
              />
            )}
            <RestoreRefusals plan={planned.data} />
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

function Summary({ plan: { counts } }: { plan: RestorePlan }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const { writeCount, tenantCount, noopCount, conflictCount, refusedCount } = counts;
  return (
    <Text size="sm" data-testid="restore-summary">
      {t('restore.summary', { writes: number(writeCount), tenants: number(tenantCount) })}
      {noopCount > 0 && ` ${t('restore.noops', { noops: number(noopCount) })}`}
      {conflictCount > 0 && ` ${t('restore.conflictCount', { conflicts: number(conflictCount) })}`}
      {refusedCount > 0 && ` ${t('plan.refused', { refused: number(refusedCount) })}`}
    </Text>
  );
}

function Written({ written, onClose }: { written: Watched<RestoreResult>; onClose: () => void }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const wordEffective = useEffectiveWords();
  const { result, convergence } = written;
  return (
    <Stack gap="sm" role="status">
      <Text size="sm">
        {result.changeId === null
          ? t('plan.nothingChanged')
          : t('restore.written', { writes: number(result.counts.writeCount) })}
      </Text>
      {result.changeId !== null && (
        <Anchor component={Link} to={`/changes/${result.changeId}`} size="sm" onClick={onClose}>
          {t('restore.toChange', { revision: result.position.revision })}
        </Anchor>
      )}
      {convergence && <Text size="sm">{wordEffective(convergence)}</Text>}
      <Group justify="flex-end">
        <Button onClick={onClose} data-autofocus>
          {t('action.close')}
        </Button>
      </Group>
    </Stack>
  );
}
