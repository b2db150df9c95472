import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { StatusLabel } from '../../parts/status.tsx';
import type { BatchCount, BatchMove, BatchResult } from './run-batch.ts';

/** How many users get which version, live and by the draft, and who would move where. */
export function BatchResultView({ result }: { result: BatchResult }) {
  const { t } = useTranslation();
  const { number, share, duration } = useFormat();
  const shareOf = (count: number) => share(Math.round((count / Math.max(1, result.userCount)) * 10_000));
  const side = (count: number) => (
    <span className="share-cell">
      <span className="share-bar" aria-hidden="true">
        <span style={{ width: `${(count / Math.max(1, result.userCount)) * 100}%` }} />
      </span>
      <span className="nowrap">{`${number(count)} · ${shareOf(count)}`}</span>
    </span>
  );
  const counts: DataColumn<BatchCount>[] = [
    {
      id: 'answer',
      header: t('playground.answer'),
      cell: (row) =>
        row.isRefusal ? (
          <StatusLabel tone="bad">{row.answer}</StatusLabel>
        ) : (
          <span className="mono nowrap">{row.answer}</span>
        ),
    },
    { id: 'live', header: t('playground.live'), cell: (row) => side(row.live) },
    ...(result.hasDraft
      ? [{ id: 'draft', header: t('playground.draft'), cell: (row: BatchCount) => side(row.draft) }]
      : []),
  ];
  const moves: DataColumn<BatchMove>[] = [
    { id: 'from', header: t('playground.from'), cell: (row) => <span className="mono">{row.from}</span> },
    { id: 'to', header: t('playground.to'), cell: (row) => <span className="mono">{row.to}</span> },
    { id: 'count', header: t('playground.users'), cell: (row) => number(row.count), isNumber: true },
    {
      id: 'users',
      header: t('playground.forExample'),
      isWrapping: true,
      cell: (row) => <span className="mono">{row.users.join('  ')}</span>,
    },
  ];
  return (
    <Stack gap="xs" aria-live="polite">
      <Text size="sm" data-testid="batch-summary">
        {result.hasDraft
          ? t('playground.batchMoved', {
              count: result.changedCount,
              moved: number(result.changedCount),
              users: number(result.userCount),
            })
          : t('playground.batchDone', { users: number(result.userCount) })}{' '}
        {t('playground.took', { time: duration(result.tookMs) })}
      </Text>
      <DataTable
        label={t('playground.spread')}
        columns={counts}
        rows={result.counts}
        rowKey={(row) => row.answer}
        maxHeight={260}
      />
      {result.moves.length > 0 && (
        <DataTable
          label={t('playground.moves')}
          columns={moves}
          rows={result.moves}
          rowKey={(row) => `${row.from} ${row.to}`}
          maxHeight={260}
        />
      )}
    </Stack>
  );
}
