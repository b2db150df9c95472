import { Button, Group, Loader, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../api/api-problem.ts';
import type { GuardOverride } from '../api/generated/model/index.ts';
import { objectionsOf, RefusedMoves } from './refused-moves.tsx';

export function Loading({ what }: { what: string }) {
  const { t } = useTranslation();
  return (
    <Group gap="xs" p="sm" role="status">
      <Loader size="xs" aria-hidden="true" />
      <Text size="sm" c="dimmed">
        {t('state.loading', { what })}
      </Text>
    </Group>
  );
}

export function Empty({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <Stack gap="xs" p="md" align="flex-start">
      <Text size="sm" c="dimmed">
        {children}
      </Text>
      {action}
    </Stack>
  );
}

interface FailureProps {
  error: unknown;
  onRetry?: (() => void) | undefined;
  /** Sends the change again, with the word that sets aside what spoke against it. */
  onOverride?: ((override: GuardOverride) => void) | undefined;
}

/** What failed, whether anything was changed, and what to do: in the operator's language, with the code to search for. */
export function Failure({ error, onRetry, onOverride }: FailureProps) {
  const { t } = useTranslation();
  const objections = objectionsOf(error);
  const words = useProblemWords()(error);
  return (
    <div className="panel" data-tone="bad" role="alert">
      <Stack gap={4}>
        <Text size="sm" fw={600}>
          {words.title}
        </Text>
        {objections.length > 0 && <RefusedMoves objections={objections} onOverride={onOverride} />}
        {words.detail && objections.length === 0 && <Text size="sm">{words.detail}</Text>}
        {words.faults.map((fault) => (
          <Text size="sm" key={`${fault.path} ${fault.message}`}>
            <span className="mono">{fault.path}</span> {fault.message}
          </Text>
        ))}
        <Group gap="sm">
          {words.code && (
            <Text size="xs" c="dimmed" className="mono">
              {words.code}
            </Text>
          )}
          {words.traceId && (
            <Text size="xs" c="dimmed" className="mono">
              {t('state.trace', { traceId: words.traceId })}
            </Text>
          )}
          {onRetry && (
            <Button variant="default" size="compact-xs" onClick={onRetry}>
              {t('state.retry')}
            </Button>
          )}
        </Group>
      </Stack>
    </div>
  );
}

/** An error in words: the code's sentence in the operator's language, and the API's detail as it came. */
export function useProblemWords() {
  const { t } = useTranslation();
  return (error: unknown) => {
    if (error instanceof ApiProblem) {
      const { code, detail, errors, traceId } = error.problem;
      return { title: t(`errors.${code}`), detail, code, traceId, faults: errors ?? [] };
    }
    return {
      title: t('state.noAnswer'),
      detail: t('state.noAnswerMeans'),
      code: undefined,
      traceId: undefined,
      faults: [],
    };
  };
}
