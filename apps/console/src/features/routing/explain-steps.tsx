import { useTranslation } from 'react-i18next';
import type { ExplainStep } from '../../api/generated/model/index.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';

/** The engine's own words for step and outcome stand beside the operator's: they are what one greps for. */
export function ExplainSteps({ steps }: { steps: readonly ExplainStep[] }) {
  const { t, i18n } = useTranslation();
  const rows = steps.map((step, index) => ({ ...step, index }));
  type Row = (typeof rows)[number];
  const columns: DataColumn<Row>[] = [
    { id: 'index', header: t('explain.number'), cell: (row) => row.index + 1, isNumber: true, width: 40 },
    {
      id: 'step',
      header: t('explain.step'),
      cell: ({ step }) => (i18n.exists(`steps.${step}`) ? t(`steps.${step as 'tenant'}`) : step),
    },
    { id: 'outcome', header: t('explain.outcome'), cell: (row) => <span className="mono">{row.outcome}</span> },
    {
      id: 'detail',
      header: t('explain.detail'),
      isWrapping: true,
      cell: ({ detail }) => (
        <span className="mono">
          {Object.entries(detail)
            .filter(([, value]) => value !== null && value !== undefined)
            .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
            .join('  ')}
        </span>
      ),
    },
  ];
  return (
    <DataTable
      label={t('explain.steps')}
      columns={columns}
      rows={rows}
      rowKey={(row) => String(row.index)}
      maxHeight={480}
    />
  );
}
