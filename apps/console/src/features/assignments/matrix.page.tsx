import { Button, Group, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { getMatrix } from '../../api/generated/grey.ts';
import type { CellMove } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { usePermission } from '../access/me.ts';
import { FreezeNotice } from '../freezes/freeze-notice.tsx';
import { useFreezesInForce } from '../freezes/use-freezes-in-force.ts';
import { HoldNotice } from '../holds/hold-notice.tsx';
import { useActiveHolds } from '../holds/use-active-holds.ts';
import { TenantFilterBar } from '../tenants/tenant-filter-bar.tsx';
import { hasFilters } from '../tenants/tenant-filters.ts';
import { clamp, countOf, type Selection, single } from './grid-selection.ts';
import { joinMatrixPages } from './matrix-data.ts';
import { MatrixGrid } from './matrix-grid.tsx';
import { PlanReview } from './plan-review.tsx';
import { TargetDialog } from './target-dialog.tsx';

const rowsPerPage = 1000;
const start = single({ row: 0, column: 0 });

/** Who runs what: every tenant by every service, to read, and to move as a range. */
export function MatrixPage() {
  const { t } = useTranslation();
  const { number } = useFormat();
  const freezes = useFreezesInForce();
  const filters = useSearch({ from: '/shell/matrix' });
  const navigate = useNavigate({ from: '/matrix' });
  const mayWrite = usePermission('assignments.write');
  const holds = useActiveHolds();
  const [asked, setAsked] = useState<Selection>(start);
  const [isChoosing, setChoosing] = useState(false);
  const [moves, setMoves] = useState<CellMove[] | null>(null);
  const query = useInfiniteQuery({
    queryKey: ['matrix', filters],
    queryFn: ({ pageParam, signal }) =>
      getMatrix({ ...filters, limit: rowsPerPage, ...(pageParam ? { cursor: pageParam } : {}) }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
  });
  const { hasNextPage, isFetching, isError, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
  const data = useMemo(() => joinMatrixPages(query.data?.pages ?? []), [query.data]);
  const size = { rowCount: data.rows.length, columnCount: data.services.length, pageRows: 1 };
  const selection = clamp(asked, size);
  const isLoaded = query.isSuccess && !hasNextPage;
  const choose = () => {
    if (mayWrite && selection) setChoosing(true);
  };
  return (
    <>
      <PageHeader
        title={t('nav.matrix')}
        note={
          query.data &&
          (isLoaded
            ? t('matrix.size', { tenants: number(data.totalCount), services: number(data.services.length) })
            : t('matrix.loading', { shown: number(data.rows.length), all: number(data.totalCount) }))
        }
      />
      <FreezeNotice freezes={freezes} />
      <TenantFilterBar
        filters={filters}
        onChange={(next) => {
          setAsked(start);
          void navigate({ search: next, replace: true });
        }}
      />
      <HoldNotice holds={holds} hasService />
      {query.isPending && <Loading what={t('nav.matrix')} />}
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && !selection && (
        <Empty>
          {data.services.length === 0
            ? t('services.noneYet')
            : hasFilters(filters)
              ? t('tenants.noneFits')
              : t('tenants.noneYet')}
        </Empty>
      )}
      {selection && (
        <>
          <MatrixGrid data={data} selection={selection} onSelect={setAsked} onChoose={choose} isReadOnly={!mayWrite} />
          <MatrixFooter selection={selection} onChoose={mayWrite ? choose : undefined} />
        </>
      )}
      {selection && isChoosing && (
        <TargetDialog
          data={data}
          selection={selection}
          onClose={() => setChoosing(false)}
          onReview={(next) => {
            setChoosing(false);
            setMoves(next);
          }}
        />
      )}
      {moves && <PlanReview cells={moves} onClose={() => setMoves(null)} onApplied={() => setMoves(null)} />}
    </>
  );
}

function MatrixFooter({ selection, onChoose }: { selection: Selection; onChoose: (() => void) | undefined }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const { rows, columns, cells } = countOf(selection);
  return (
    <Group justify="space-between" mt="xs" gap="md" wrap="nowrap">
      <Text size="xs" c="dimmed">
        {t('matrix.legend')} {onChoose && t('matrix.keys')}
      </Text>
      <Group gap="sm" wrap="nowrap" style={{ flexShrink: 0 }}>
        <Text size="sm" role="status">
          {t('matrix.selected', { cells: number(cells), tenants: number(rows), services: number(columns) })}
        </Text>
        {onChoose && <Button onClick={onChoose}>{t('matrix.choose')}</Button>}
      </Group>
    </Group>
  );
}
