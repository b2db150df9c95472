import { Button, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { listSilentRouters } from '../../api/generated/grey.ts';
import type { SilentRouter } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { Ago } from '../../parts/ago.tsx';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { StatusLabel } from '../../parts/status.tsx';
import { usePermission } from '../access/me.ts';
import { ForgetRouter } from './forget-router.tsx';

const rereadMs = 5_000;
const tones = { nothing: 'warn', marked: 'note', recorded: 'note' } as const;

/** Whom contracts wait for; nothing where nobody is silent, or while PostgreSQL, which remembers them, is away. */
export function SilentRouters() {
  const { t } = useTranslation();
  const [leaving, setLeaving] = useState<SilentRouter>();
  const silent = useQuery({
    queryKey: ['routers', 'silent'],
    queryFn: ({ signal }) => listSilentRouters({ signal }),
    refetchInterval: rereadMs,
  });
  if (silent.data === undefined || silent.data.items.length === 0) return null;
  const { items, unsure } = silent.data;
  return (
    <section aria-label={t('routers.silent.title')}>
      <Stack gap="xs">
        <Text component="h2" fw={600}>
          {t('routers.silent.title')}
        </Text>
        <Text size="sm">{t('routers.silent.means')}</Text>
        {unsure.length > 0 && <StatusLabel tone="warn">{t('routers.silent.unsure')}</StatusLabel>}
        <SilentTable items={items} onForget={setLeaving} />
      </Stack>
      {leaving && <ForgetRouter router={leaving} onClose={() => setLeaving(undefined)} />}
    </section>
  );
}

function SilentTable({ items, onForget }: { items: SilentRouter[]; onForget: (router: SilentRouter) => void }) {
  const { t } = useTranslation();
  const { number, duration } = useFormat();
  const mayForget = usePermission('upgrades.contract');
  const columns: DataColumn<SilentRouter>[] = [
    { id: 'id', header: t('terms.router'), cell: ({ id }) => <span className="mono nowrap">{id}</span> },
    { id: 'kind', header: t('routers.kind'), cell: ({ kind }) => t(`routers.kinds.${kind}`) },
    { id: 'silent', header: t('routers.silent.silentFor'), isNumber: true, cell: (row) => duration(row.silentMs) },
    {
      id: 'refuses',
      header: t('routers.silent.refuses'),
      cell: ({ refuses }) => <StatusLabel tone={tones[refuses]}>{t(`routers.silent.refusals.${refuses}`)}</StatusLabel>,
    },
    {
      id: 'behind',
      header: t('routers.behind'),
      isNumber: true,
      cell: ({ behind }) => (behind === null ? t('state.none') : number(behind)),
    },
    { id: 'host', header: t('routers.host'), cell: ({ host }) => <span className="mono">{host}</span> },
    { id: 'reported', header: t('routers.reportedAt'), cell: ({ reportedAt }) => <Ago iso={reportedAt} /> },
    {
      id: 'forget',
      header: '',
      cell: (row) =>
        row.isForgotten ? (
          <StatusLabel tone="good">{t('routers.silent.forgotten')}</StatusLabel>
        ) : (
          mayForget && (
            <Button
              size="compact-xs"
              variant="default"
              onClick={() => onForget(row)}
              aria-label={`${t('routers.silent.forget')} ${row.id}`}
            >
              {t('routers.silent.forget')}
            </Button>
          )
        ),
    },
  ];
  return <DataTable label={t('routers.silent.title')} columns={columns} rows={items} rowKey={({ id }) => id} />;
}
