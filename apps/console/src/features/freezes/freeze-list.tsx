import { Anchor } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Freeze } from '../../api/generated/model/index.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { StatusLabel } from '../../parts/status.tsx';
import { useFreezeWords } from './freeze-words.ts';

const tones = { active: 'warn', planned: 'note', over: 'plain' } as const;

export function FreezeStateLabel({ state }: { state: Freeze['state'] }) {
  const { t } = useTranslation();
  return <StatusLabel tone={tones[state]}>{t(`freezes.state.${state}`)}</StatusLabel>;
}

interface FreezeListProps {
  freezes: readonly Freeze[];
  onOpen: (freezeId: string) => void;
  onEndReached: () => void;
}

export function FreezeList({ freezes, onOpen, onEndReached }: FreezeListProps) {
  const { t } = useTranslation();
  const { wordSpan, wordWhom, wordServices, wordRecurrence } = useFreezeWords();
  const columns: DataColumn<Freeze>[] = [
    {
      id: 'title',
      header: t('freezes.name'),
      isWrapping: true,
      cell: (row) => (
        <Anchor component="button" type="button" size="sm" ta="left" onClick={() => onOpen(row.id)}>
          {row.title}
        </Anchor>
      ),
    },
    { id: 'state', header: t('freezes.stateOf'), cell: (row) => <FreezeStateLabel state={row.state} /> },
    {
      id: 'when',
      header: t('freezes.when'),
      isWrapping: true,
      cell: (row) => {
        const window = row.current ?? row.next;
        if (!row.recurrence) return wordSpan(row.startsAt, row.endsAt);
        return (
          <>
            {wordRecurrence(row)}
            {window && (
              <>
                <br />
                <span className="dimmed">{wordSpan(window.startsAt, window.endsAt)}</span>
              </>
            )}
          </>
        );
      },
    },
    { id: 'whom', header: t('freezes.whom'), isWrapping: true, cell: wordWhom },
    { id: 'services', header: t('freezes.services'), isWrapping: true, cell: wordServices },
    { id: 'reason', header: t('freezes.reason'), isWrapping: true, cell: (row) => row.reason },
    { id: 'by', header: t('freezes.by'), cell: (row) => row.createdBy.name },
  ];
  return (
    <DataTable
      label={t('freezes.title')}
      columns={columns}
      rows={freezes}
      rowKey={(row) => row.id}
      rowHeight={48}
      maxHeight="calc(100vh - 220px)"
      onEndReached={onEndReached}
    />
  );
}
