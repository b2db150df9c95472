import { useTranslation } from 'react-i18next';
import type { VersionShift } from '../../api/generated/model/index.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { VersionDiff } from '../assignments/plan-diff.tsx';

/** Who gets another version, and what chose the one before. */
export function ShiftTable({ shifts }: { shifts: readonly VersionShift[] }) {
  const { t, i18n } = useTranslation();
  const columns: DataColumn<VersionShift>[] = [
    { id: 'tenant', header: t('terms.tenant'), cell: (row) => <span className="mono">{row.tenantId}</span> },
    {
      id: 'version',
      header: t('terms.version'),
      cell: (row) => <VersionDiff from={row.fromVersion ?? t('state.none')} to={row.toVersion ?? t('state.none')} />,
    },
    {
      id: 'chosen',
      header: t('holds.chosenBy'),
      cell: ({ chosenBy }) =>
        i18n.exists(`playground.because.${chosenBy}`) ? t(`playground.because.${chosenBy as 'PINNED'}`) : chosenBy,
    },
  ];
  return (
    <DataTable label={t('plan.moves')} columns={columns} rows={shifts} rowKey={(row) => row.tenantId} maxHeight={220} />
  );
}
