import type { Decision, DecisionRequest } from '@grey/route-core';
import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { explain } from '../../api/generated/grey.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { Failure } from '../../parts/states.tsx';
import { StatusLabel } from '../../parts/status.tsx';
import { usePermission } from '../access/me.ts';
import { compareDecisions, type FieldDifference } from './compare-decisions.ts';
import { toRouteRequest } from './playground-question.ts';

interface AskRouterProps {
  request: DecisionRequest;
  decision: Decision;
  /** The question has a time of its own, which a router does not take. */
  hasTime: boolean;
}

const tones = { equal: 'good', instance: 'good', different: 'warn' } as const;

/** Puts the same question to the router that serves this console, and says whether it answers the same. */
export function AskRouter({ request, decision, hasTime }: AskRouterProps) {
  const { t } = useTranslation();
  const mayAsk = usePermission('route');
  const isTrusted = usePermission('route.trusted');
  const ask = useMutation({ mutationFn: (asked: DecisionRequest) => explain(toRouteRequest(asked)) });
  if (!mayAsk) return null;
  // The address may be read anew without the question having changed.
  const isOfThis = JSON.stringify(ask.variables) === JSON.stringify(request);
  const isAnswered = ask.isSuccess && isOfThis;
  const comparison = isAnswered ? compareDecisions(decision, ask.data.decision) : undefined;
  const columns: DataColumn<FieldDifference>[] = [
    { id: 'field', header: t('playground.differs'), cell: (row) => <span className="mono">{row.field}</span> },
    {
      id: 'here',
      header: t('playground.here'),
      cell: (row) => <span className="mono">{row.here}</span>,
      isWrapping: true,
    },
    {
      id: 'router',
      header: t('terms.router'),
      cell: (row) => <span className="mono">{row.router}</span>,
      isWrapping: true,
    },
  ];
  return (
    <Stack gap="xs">
      <Group gap="sm">
        <Button variant="default" size="compact-sm" loading={ask.isPending} onClick={() => ask.mutate(request)}>
          {t('playground.askRouter')}
        </Button>
        <span role="status" data-testid="router-verdict">
          {comparison && (
            <StatusLabel tone={tones[comparison.verdict]}>{t(`playground.verdict.${comparison.verdict}`)}</StatusLabel>
          )}
        </span>
      </Group>
      {ask.isError && isOfThis && <Failure error={ask.error} />}
      {comparison?.isBehind && <Text size="sm">{t('playground.otherPosition')}</Text>}
      {comparison?.verdict === 'different' && (
        <>
          {hasTime && <Text size="sm">{t('playground.routerClock')}</Text>}
          {!isTrusted && request.metadata?.tag && <Text size="sm">{t('playground.tagStripped')}</Text>}
        </>
      )}
      {comparison && comparison.differences.length > 0 && (
        <DataTable
          label={t('playground.differences')}
          columns={columns}
          rows={comparison.differences}
          rowKey={(row) => row.field}
          maxHeight={260}
        />
      )}
    </Stack>
  );
}
