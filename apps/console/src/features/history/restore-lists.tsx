import { Anchor, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type {
  GuardOverride,
  RestorePlan,
  RestorePlanConflictsItem,
  RestorePlanRefusalsItem,
  RestorePlanWritesItem,
} from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { OverrideForm } from '../../parts/refused-moves.tsx';
import { revisionIn } from '../changes/change-links.ts';
import { Difference } from './difference.tsx';
import { SubjectName } from './subject-name.tsx';

type Subject = Pick<RestorePlanWritesItem, 'entity' | 'tenantId' | 'serviceId' | 'key'>;

function useSubjectColumn<T extends Subject>(): DataColumn<T> {
  const { t } = useTranslation();
  return { id: 'subject', header: t('restore.what'), cell: (one) => <SubjectName subject={one} /> };
}
const keyOf = (one: Subject) => `${one.entity} ${one.key}`;

/** What would become what. */
export function RestoreWrites({ plan }: { plan: RestorePlan }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const columns: DataColumn<RestorePlanWritesItem>[] = [
    useSubjectColumn(),
    {
      id: 'diff',
      header: t('changes.diff'),
      isWrapping: true,
      cell: (one) => <Difference {...one} />,
    },
  ];
  if (plan.writes.length === 0) return <Text size="sm">{t('restore.nothing')}</Text>;
  return (
    <Stack gap={4}>
      <Title order={3}>{t('restore.writes')}</Title>
      <DataTable label={t('restore.writes')} columns={columns} rows={plan.writes} rowKey={keyOf} maxHeight={260} />
      {plan.counts.writeCount > plan.writes.length && (
        <Text size="xs" c="dimmed">
          {t('state.firstOf', { shown: number(plan.writes.length), all: number(plan.counts.writeCount) })}
        </Text>
      )}
    </Stack>
  );
}

/** What later changes touched, and which. */
export function RestoreConflicts({ plan }: { plan: RestorePlan }) {
  const { t } = useTranslation();
  const columns: DataColumn<RestorePlanConflictsItem>[] = [
    useSubjectColumn(),
    { id: 'since', header: t('restore.since'), isWrapping: true, cell: (one) => one.text },
    {
      id: 'change',
      header: t('terms.change'),
      cell: ({ changeId }) =>
        changeId && (
          <Anchor component={Link} to={`/changes/${changeId}`} size="sm" className="mono" target="_blank">
            {t('live.revision', { revision: revisionIn(changeId) })}
          </Anchor>
        ),
    },
  ];
  if (plan.conflicts.length === 0) return null;
  return (
    <Stack gap={4}>
      <Title order={3}>{t('restore.conflicts')}</Title>
      <DataTable
        label={t('restore.conflicts')}
        columns={columns}
        rows={plan.conflicts}
        rowKey={keyOf}
        maxHeight={180}
      />
    </Stack>
  );
}

interface RestoreRefusalsProps {
  plan: RestorePlan;
  /** Plans again with the word that sets aside what can be set aside. */
  onOverride: (override: GuardOverride) => void;
}

/** What may not be so today or cannot be written back: why, and the way round it where there is one. */
export function RestoreRefusals({ plan, onOverride }: RestoreRefusalsProps) {
  const { t } = useTranslation();
  const columns: DataColumn<RestorePlanRefusalsItem>[] = [
    useSubjectColumn(),
    { id: 'why', header: t('plan.why'), isWrapping: true, cell: (one) => one.message },
    { id: 'code', header: t('plan.code'), cell: (one) => <span className="mono">{one.code}</span> },
  ];
  const overridable = plan.refusals.filter((one) => one.isOverridable).length;
  if (plan.refusals.length === 0) return null;
  return (
    <Stack gap={4}>
      <Title order={3}>{t('plan.refusals')}</Title>
      <DataTable label={t('plan.refusals')} columns={columns} rows={plan.refusals} rowKey={keyOf} maxHeight={180} />
      {overridable > 0 && <OverrideForm count={overridable} onOverride={onOverride} />}
    </Stack>
  );
}
