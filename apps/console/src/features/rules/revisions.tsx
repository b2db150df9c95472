import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { listRuleRevisions } from '../../api/generated/grey.ts';
import type { RuleRevisionPageItemsItem } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { StatusLabel } from '../../parts/status.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { RevisionDialog } from './revision-dialog.tsx';
import type { RuleSet } from './rule-types.ts';
import { useRulesContext } from './rules-context.tsx';

type Row = RuleRevisionPageItemsItem;

/** Every set that was ever published, the newest first; each can be looked at, compared and published again. */
export function Revisions({ serviceId, liveSet }: { serviceId: string; liveSet: RuleSet }) {
  const { t } = useTranslation();
  const { number, dateTime } = useFormat();
  const { mayPublish } = useRulesContext();
  const [opened, setOpened] = useState<{ number: number; isPublishing: boolean } | null>(null);
  const { query, rows, loadMore } = usePages<Row>(['rule-revisions', serviceId], (cursor, signal) =>
    listRuleRevisions(serviceId, { limit: 50, ...(cursor ? { cursor } : {}) }, { signal }),
  );
  const columns: DataColumn<Row>[] = [
    { id: 'number', header: t('rules.revision.number'), cell: (row) => number(row.number), isNumber: true, width: 60 },
    {
      id: 'state',
      header: t('rules.revision.state'),
      cell: (row) => (row.isLive ? <StatusLabel tone="good">{t('rules.revision.live')}</StatusLabel> : t('state.none')),
    },
    { id: 'rules', header: t('rules.title'), cell: (row) => number(row.ruleCount), isNumber: true },
    { id: 'at', header: t('rules.revision.at'), cell: (row) => dateTime(row.publishedAt) },
    { id: 'by', header: t('rules.revision.by'), cell: (row) => row.publishedBy.name },
    {
      id: 'reason',
      header: t('rules.revision.reason'),
      isWrapping: true,
      cell: (row) =>
        [row.reason, row.republishedFrom !== null && t('rules.revision.again', { set: row.republishedFrom })]
          .filter(Boolean)
          .join(' · ') || t('state.none'),
    },
    {
      id: 'actions',
      header: t('action.title'),
      cell: (row) => (
        <Group gap={4} wrap="nowrap">
          <Button
            variant="default"
            size="compact-xs"
            aria-label={t('rules.revision.viewOf', { set: row.number })}
            onClick={() => setOpened({ number: row.number, isPublishing: false })}
          >
            {t('rules.revision.view')}
          </Button>
          {mayPublish && !row.isLive && (
            <Button
              variant="default"
              size="compact-xs"
              aria-label={t('rules.revision.publishOf', { set: row.number })}
              onClick={() => setOpened({ number: row.number, isPublishing: true })}
            >
              {t('rules.revision.publish')}
            </Button>
          )}
        </Group>
      ),
    },
  ];
  return (
    <>
      {query.isPending && <Loading what={t('rules.views.published')} />}
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && rows.length === 0 && <Empty>{t('rules.revision.none')}</Empty>}
      {rows.length > 0 && (
        <DataTable
          label={t('rules.views.published')}
          columns={columns}
          rows={rows}
          rowKey={(row) => String(row.number)}
          maxHeight="calc(100vh - 300px)"
          onEndReached={loadMore}
        />
      )}
      {opened && (
        <RevisionDialog
          serviceId={serviceId}
          liveSet={liveSet}
          number={opened.number}
          isPublishing={opened.isPublishing}
          onClose={() => setOpened(null)}
        />
      )}
    </>
  );
}
