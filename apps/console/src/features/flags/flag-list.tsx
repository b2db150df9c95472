import { Button, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Flag } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { CelText } from '../../parts/cel-text.tsx';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { StatusLabel } from '../../parts/status.tsx';
import { useUnitWords } from '../rules/unit-words.ts';

interface FlagListProps {
  flags: readonly Flag[];
  mayPublish: boolean;
  onEdit: (flag: Flag) => void;
  onRemove: (flag: Flag) => void;
}

export function FlagList({ flags, mayPublish, onEdit, onRemove }: FlagListProps) {
  const { t } = useTranslation();
  const columns: DataColumn<Flag>[] = [
    { id: 'name', header: t('flags.name'), cell: (row) => <span className="mono nowrap">{row.name}</span> },
    {
      id: 'state',
      header: t('flags.state'),
      cell: (row) => (
        <StatusLabel tone={row.isEnabled ? 'good' : 'plain'}>{t(row.isEnabled ? 'flags.on' : 'flags.off')}</StatusLabel>
      ),
    },
    { id: 'value', header: t('flags.value'), cell: (row) => <span className="mono">{JSON.stringify(row.value)}</span> },
    { id: 'rules', header: t('flags.rules'), cell: (row) => <FlagRules flag={row} />, isWrapping: true },
    ...(mayPublish
      ? [
          {
            id: 'actions',
            header: t('action.title'),
            cell: (row: Flag) => (
              <Group gap={4} wrap="nowrap">
                <Button
                  variant="default"
                  size="compact-xs"
                  aria-label={t('flags.editOf', { name: row.name })}
                  onClick={() => onEdit(row)}
                >
                  {t('action.edit')}
                </Button>
                <Button
                  variant="default"
                  size="compact-xs"
                  aria-label={t('flags.removeOf', { name: row.name })}
                  onClick={() => onRemove(row)}
                >
                  {t('action.delete')}
                </Button>
              </Group>
            ),
          },
        ]
      : []),
  ];
  return (
    <DataTable label={t('flags.title')} columns={columns} rows={flags} rowKey={(row) => row.name} maxHeight={340} />
  );
}

/** The rules in order: the first that holds gives the value. */
function FlagRules({ flag }: { flag: Flag }) {
  const { t } = useTranslation();
  const { share } = useFormat();
  const wordUnit = useUnitWords();
  if (flag.rules.length === 0) return t('state.none');
  return (
    <ol style={{ margin: 0, paddingLeft: 18 }}>
      {flag.rules.map(({ when, portion, value }, index) => (
        <li key={index}>
          {when && <CelText condition={when} />}
          {when && portion && ' · '}
          {portion && t('lanes.portionOf', { share: share(portion.share), unit: wordUnit(portion.unit) })}
          {!when && !portion && t('flags.always')}
          {' → '}
          <span className="mono">{JSON.stringify(value)}</span>
        </li>
      ))}
    </ol>
  );
}
