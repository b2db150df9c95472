import { Button, Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../../api/api-problem.ts';
import { useProblemWords } from '../../parts/states.tsx';
import { judgeFailure } from './judge-failure.ts';

interface RollbackFailureProps {
  error: unknown;
  /** It is the plan that failed: nothing was sent that could be in force. */
  isPlan?: boolean;
  /** Sends the same again: of a rollback under the same key. */
  onAgain: () => void;
  onPlanAgain?: () => void;
  onFurther?: (() => void) | undefined;
}

/** What went wrong in the order in which it is asked at night: is it in force, why not, what now. */
export function RollbackFailure({ error, isPlan = false, onAgain, onPlanAgain, onFurther }: RollbackFailureProps) {
  const { t, i18n } = useTranslation();
  const words = useProblemWords()(error);
  const kind = judgeFailure(error);
  const { path, references = [] } = error instanceof ApiProblem ? error.problem : {};
  const hasAdvice = i18n.exists(`emergency.advice.${words.code}`);
  const isFurtherWanted = words.code === 'ROLLBACK_OF_ROLLBACK' && onFurther !== undefined;
  const state = isPlan ? 'noPlan' : kind;
  return (
    <div className="panel" data-tone={kind === 'outdated' ? 'warn' : 'bad'} role="alert" data-testid="rollback-failure">
      <Stack gap={6}>
        <Text fw={650}>{t(`emergency.failed.${state}`)}</Text>
        <Text size="sm">
          {words.title} {words.detail}
        </Text>
        {words.faults.map((fault) => (
          <Text size="sm" key={`${fault.path} ${fault.message}`}>
            <span className="mono">{fault.path}</span> {fault.message}
          </Text>
        ))}
        {path && (
          <Text size="sm" className="mono">
            {path.join(' → ')}
          </Text>
        )}
        {references.filter(isHoldReference).map(({ holdId }) => (
          <Link key={holdId} to="/holds/$holdId" params={{ holdId }} target="_blank" className="plain-link mono">
            {holdId}
          </Link>
        ))}
        {!isPlan && <Text size="sm">{t(`emergency.failedMeans.${kind}`)}</Text>}
        {hasAdvice && <Text size="sm">{t(`emergency.advice.${words.code as 'NOT_DURABLE'}`)}</Text>}
        <Group gap="xs">
          {kind === 'unknown' && (
            <Button size="compact-sm" color={isPlan ? 'indigo' : 'red'} onClick={onAgain} autoFocus={!isPlan}>
              {t(isPlan ? 'state.retry' : 'emergency.sendAgain')}
            </Button>
          )}
          {kind === 'outdated' && (
            <Button size="compact-sm" onClick={onPlanAgain ?? onAgain}>
              {t('emergency.planAgain')}
            </Button>
          )}
          {kind === 'refused' && !isFurtherWanted && (
            <Button size="compact-sm" variant="default" onClick={onPlanAgain ?? onAgain}>
              {t('state.retry')}
            </Button>
          )}
          {isFurtherWanted && (
            <Button size="compact-sm" color="red" variant="outline" onClick={onFurther}>
              {t('emergency.further')}
            </Button>
          )}
          {!isPlan && (
            <Link to="/holds" target="_blank" className="plain-link">
              {t('emergency.toHolds')}
            </Link>
          )}
        </Group>
        <Text size="xs" c="dimmed" className="mono">
          {[words.code, words.traceId && t('state.trace', { traceId: words.traceId })].filter(Boolean).join(' · ')}
        </Text>
      </Stack>
    </div>
  );
}

function isHoldReference(reference: unknown): reference is { holdId: string } {
  return typeof reference === 'object' && reference !== null && 'holdId' in reference;
}
