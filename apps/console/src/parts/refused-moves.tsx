import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { type SyntheticEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../api/api-problem.ts';
import type { GuardOverride, Objection } from '../api/generated/model/index.ts';
import { usePermission } from '../features/access/me.ts';
import { useFormat } from '../i18n/format.ts';
import { type DataColumn, DataTable } from './data-table.tsx';
import { StatusLabel } from './status.tsx';

/** What spoke against a change of versions; empty for every other error. */
export function objectionsOf(error: unknown): readonly Objection[] {
  return error instanceof ApiProblem ? (error.problem.objections ?? []) : [];
}

interface RefusedMovesProps {
  objections: readonly Objection[];
  /** Undefined: this change takes no override. */
  onOverride?: ((override: GuardOverride) => void) | undefined;
}

/** Each pair that does not fit, what would mend it, and the way round it for those who may go it. */
export function RefusedMoves({ objections, onOverride }: RefusedMovesProps) {
  const canOverride = onOverride && objections.every((one) => one.isOverridable);
  return (
    <Stack gap="xs" className="refused-moves">
      <ObjectionList objections={objections} />
      {canOverride && <OverrideForm count={objections.length} onOverride={onOverride} />}
    </Stack>
  );
}

export function ObjectionList({ objections }: { objections: readonly Objection[] }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const columns: DataColumn<Objection>[] = [
    {
      id: 'tenant',
      header: t('terms.tenant'),
      cell: (one) => (one.tenantId === null ? t('refused.everybody') : <span className="mono">{one.tenantId}</span>),
    },
    { id: 'service', header: t('terms.service'), cell: (one) => <span className="mono">{one.serviceId}</span> },
    { id: 'why', header: t('plan.why'), isWrapping: true, cell: (one) => one.detail },
    { id: 'mend', header: t('refused.mend'), isWrapping: true, cell: (one) => one.mend ?? t('state.none') },
    {
      id: 'override',
      header: t('refused.override'),
      cell: (one) => (
        <StatusLabel tone={one.isOverridable ? 'note' : 'bad'}>
          {t(one.isOverridable ? 'refused.overridable' : 'refused.firm')}
        </StatusLabel>
      ),
    },
  ];
  return (
    <>
      <DataTable
        label={t('refused.title')}
        columns={columns}
        rows={objections}
        rowKey={(one) => [one.tenantId, one.serviceId, one.code, one.detail].join(' ')}
        maxHeight={220}
      />
      {objections.length >= 1000 && (
        <Text size="xs" c="dimmed">
          {t('refused.truncated', { shown: number(objections.length) })}
        </Text>
      )}
    </>
  );
}

/** Asks for the reason that goes into the log with the override; says so to those who may not. */
export function OverrideForm({ count, onOverride }: { count: number; onOverride: (override: GuardOverride) => void }) {
  const { t } = useTranslation();
  const mayOverride = usePermission('changes.override');
  const [reason, setReason] = useState('');
  if (!mayOverride)
    return (
      <Text size="xs" c="dimmed">
        {t('refused.mayNot')}
      </Text>
    );
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (reason.trim()) onOverride({ reason: reason.trim() });
  };
  return (
    <Group gap="xs" align="flex-end" role="group" aria-label={t('refused.override')}>
      <TextInput
        flex={1}
        label={t('refused.reason')}
        description={t('refused.overrideMeans')}
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Enter' && submit(event)}
      />
      <Button color="red" variant="outline" disabled={reason.trim() === ''} onClick={submit}>
        {t('refused.go', { count })}
      </Button>
    </Group>
  );
}
