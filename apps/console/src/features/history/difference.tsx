import { Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ChangeItem, StateDifferenceFieldsItem } from '../../api/generated/model/index.ts';
import { VersionDiff } from '../assignments/plan-diff.tsx';
import { diffValues } from '../changes/field-diff.ts';
import { FieldLines } from '../changes/field-lines.tsx';

interface DifferenceProps {
  entity: ChangeItem['entity'];
  fields: readonly StateDifferenceFieldsItem[];
  isNew?: boolean;
  isGone?: boolean;
}

/** What differs, field by field; of an assignment, the version first. */
export function Difference({ entity, fields, isNew = false, isGone = false }: DifferenceProps) {
  const { t } = useTranslation();
  const version = entity === 'assignment' ? fields.find(({ name }) => name === 'version') : undefined;
  const label = (value: unknown) => (typeof value === 'string' ? value : null);
  const others = fields
    .filter((field) => field !== version)
    .flatMap(({ name, from, to }) => diffValues(name, from, to))
    // That a new or dropped assignment is not pinned goes without saying.
    .filter(({ field, from, to }) => !version || field !== 'isPinned' || (from ?? 'false') !== (to ?? 'false'));
  return (
    <Group gap="2px 12px">
      {version && <VersionDiff from={label(version.from)} to={label(version.to)} />}
      {!version && isNew && <span>{t('changes.created')}</span>}
      {!version && isGone && <strong className="gone">{t('changes.removed')}</strong>}
      {!isGone && <FieldLines diffs={others} isState={isNew} />}
    </Group>
  );
}
