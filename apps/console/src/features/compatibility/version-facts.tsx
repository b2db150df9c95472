import { Anchor, Button, Checkbox, NativeSelect } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Requirement, VersionCompatibility } from '../../api/generated/model/index.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { type Draft, editVersion, setListing } from './compatibility-draft.ts';

interface VersionFactsProps {
  draft: Draft;
  edited: ReadonlySet<string>;
  /** Undefined: to be read only. */
  onEdit: ((edit: (draft: Draft) => Draft) => void) | undefined;
  /** `at` null: a new one. */
  onRequirement: (version: string, at: number | null) => void;
}

/** By version: what entering it means, what it lists, and which versions of other services it needs. */
export function VersionFacts({ draft, edited, onEdit, onRequirement }: VersionFactsProps) {
  const { t } = useTranslation();
  const flag = (row: VersionCompatibility, name: 'breakingChanges' | 'migrationRequired') => (
    <Checkbox
      aria-label={t('compatibility.flagOf', { flag: t(`compatibility.${name}`), version: row.version })}
      checked={row[name]}
      disabled={!onEdit}
      onChange={({ currentTarget: { checked } }) =>
        onEdit?.((all) => editVersion(all, row.version, { [name]: checked }))
      }
    />
  );
  const columns: DataColumn<VersionCompatibility>[] = [
    { id: 'version', header: t('terms.version'), cell: (row) => <span className="mono nowrap">{row.version}</span> },
    { id: 'breaking', header: t('compatibility.breakingChanges'), cell: (row) => flag(row, 'breakingChanges') },
    { id: 'migration', header: t('compatibility.migrationRequired'), cell: (row) => flag(row, 'migrationRequired') },
    {
      id: 'lists',
      header: t('compatibility.leaving'),
      cell: (row) => {
        const words = row.compatibleWith ? t('compatibility.lists') : t('compatibility.listsNothing');
        if (!onEdit) return words;
        return (
          <NativeSelect
            w={240}
            aria-label={t('compatibility.leavingOf', { version: row.version })}
            value={row.compatibleWith ? 'list' : 'nothing'}
            data={[
              { value: 'nothing', label: t('compatibility.listsNothing') },
              { value: 'list', label: t('compatibility.lists') },
            ]}
            onChange={({ currentTarget: { value } }) => onEdit((all) => setListing(all, row.version, value === 'list'))}
          />
        );
      },
    },
    {
      id: 'requires',
      header: t('compatibility.requires'),
      isWrapping: true,
      width: '45%',
      cell: (row) => (
        <div className="chips">
          {row.requires.map((one, at) => (
            <RequirementChip
              key={one.serviceId}
              requirement={one}
              version={row.version}
              onEdit={onEdit && (() => onRequirement(row.version, at))}
            />
          ))}
          {row.requires.length === 0 && !onEdit && t('state.none')}
          {onEdit && (
            <Button
              variant="subtle"
              size="compact-xs"
              aria-label={t('compatibility.addOf', { version: row.version })}
              onClick={() => onRequirement(row.version, null)}
            >
              {t('compatibility.add')}
            </Button>
          )}
        </div>
      ),
    },
  ];
  return (
    <DataTable
      label={t('compatibility.perVersion')}
      columns={columns}
      rows={draft}
      rowKey={(row) => row.version}
      rowHeight={39}
      maxHeight={420}
      isPending={(row) => edited.has(row.version)}
    />
  );
}

export const wordRange = (range: Requirement['range']) => (typeof range === 'string' ? range : range.join(' | '));

interface RequirementChipProps {
  requirement: Requirement;
  version: string;
  onEdit: (() => void) | undefined;
}

function RequirementChip({ requirement: { serviceId, range }, version, onEdit }: RequirementChipProps) {
  const { t } = useTranslation();
  const words = `${serviceId} ${wordRange(range)}`;
  if (!onEdit)
    return (
      <Anchor component={Link} to={`/services/${encodeURIComponent(serviceId)}/compatibility`} className="tag">
        {words}
      </Anchor>
    );
  return (
    <button
      type="button"
      className="tag chip-button"
      aria-label={t('compatibility.editOf', { requirement: words, version })}
      onClick={onEdit}
    >
      {words}
    </button>
  );
}
