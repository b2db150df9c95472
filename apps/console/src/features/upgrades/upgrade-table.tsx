import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { UpgradeSummary } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { Ago } from '../../parts/ago.tsx';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { ActionDialog } from './action-dialog.tsx';
import { FailureLine } from './failure-view.tsx';
import { UpgradeActions } from './upgrade-actions.tsx';
import { isOver, type UpgradeAction } from './upgrade-state.ts';
import { PlaceWords, UpgradeMove, UpgradeProgress, UpgradeStateLabel } from './upgrade-words.tsx';
import { useUpgradeWords } from './use-upgrade-words.ts';

interface UpgradeTableProps {
  label: string;
  rows: readonly UpgradeSummary[];
  /** In a batch all rows have the same service and versions. */
  isInBatch?: boolean;
  maxHeight?: number | string;
  onEndReached: () => void;
}

/** One line per tenant: where it stands, what stopped it with the statement, and what can be done from here. */
export function UpgradeTable({ label, rows, isInBatch = false, maxHeight, onEndReached }: UpgradeTableProps) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const [open, setOpen] = useState<{ id: string; action: UpgradeAction } | null>(null);
  const opened = rows.find(({ id }) => id === open?.id);
  const columns: DataColumn<UpgradeSummary>[] = [
    {
      id: 'state',
      header: t('upgrades.state'),
      cell: (row) => (
        <div className="upgrade-state">
          <UpgradeStateLabel upgrade={row} />
          <UpgradeProgress upgrade={row} />
        </div>
      ),
    },
    {
      id: 'tenant',
      header: t('terms.tenant'),
      isWrapping: true,
      cell: (row) => (
        <div className="upgrade-who">
          <Anchor
            component={Link}
            to={`/upgrades/${row.id}`}
            size="sm"
            className="mono nowrap"
            aria-label={t('upgrades.openOf', { tenant: row.tenantId, service: row.serviceId, version: row.toVersion })}
          >
            {row.tenantId}
          </Anchor>
          {!isInBatch && (
            <div className="dimmed upgrade-small">
              <span className="mono nowrap">{row.serviceId}</span> <UpgradeMove upgrade={row} />
              {row.kind === 'schema' && <div>{t('upgrades.kinds.schema')}</div>}
            </div>
          )}
        </div>
      ),
    },
    ...(isInBatch
      ? [
          {
            id: 'wave',
            header: t('batches.wave'),
            isNumber: true,
            cell: ({ wave }: UpgradeSummary) => (wave === null ? t('state.none') : number(wave)),
          },
        ]
      : []),
    {
      id: 'what',
      header: t('upgrades.what'),
      isWrapping: true,
      width: '45%',
      cell: (row) => {
        if (row.failure) return <FailureLine failure={row.failure} />;
        return row.place ? <PlaceWords place={row.place} /> : <StandWords upgrade={row} />;
      },
    },
    {
      id: 'since',
      header: t('upgrades.since'),
      cell: (row) => <Ago iso={row.finishedAt ?? row.startedAt ?? row.createdAt} />,
    },
    {
      id: 'actions',
      header: t('action.title'),
      isWrapping: true,
      width: 244,
      cell: (row) => <UpgradeActions upgrade={row} isCompact onAction={(action) => setOpen({ id: row.id, action })} />,
    },
  ];
  return (
    <>
      <DataTable
        label={label}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.id}
        rowHeight={44}
        {...(maxHeight === undefined ? {} : { maxHeight })}
        onEndReached={onEndReached}
      />
      {open && opened && <ActionDialog action={open.action} upgrade={opened} onClose={() => setOpen(null)} />}
    </>
  );
}

/** Where it stands, and until when it waits; where its state says that already, what can still be taken back. */
function StandWords({ upgrade }: { upgrade: UpgradeSummary }) {
  const { t } = useTranslation();
  const { dateTime } = useFormat();
  const { now, back } = useUpgradeWords()(upgrade);
  const { waitUntil, state, awaits } = upgrade;
  const isSaid = isOver(upgrade) || (state === 'waiting' && awaits === 'confirmation');
  return (
    <div className="upgrade-small">
      {isSaid ? back : now}{' '}
      {state === 'waiting' && waitUntil !== null && t('upgrades.nextAt', { at: dateTime(waitUntil) })}
    </div>
  );
}
