import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { GuardOverride, Objection, Refusal } from '../../api/generated/model/index.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { ObjectionList, OverrideForm } from '../../parts/refused-moves.tsx';

interface PlanRefusalsProps {
  refusals: readonly Refusal[];
  /** Plans again with the word that sets aside what can be set aside. */
  onOverride: (override: GuardOverride) => void;
}

/** Cells that a plan leaves where they are: why, what would mend it, and the way round it where there is one. */
export function PlanRefusals({ refusals, onOverride }: PlanRefusalsProps) {
  const { t } = useTranslation();
  if (refusals.length === 0) return null;
  const columns: DataColumn<Refusal>[] = [
    { id: 'tenant', header: t('terms.tenant'), cell: (one) => <span className="mono">{one.tenantId}</span> },
    { id: 'service', header: t('terms.service'), cell: (one) => <span className="mono">{one.serviceId}</span> },
    { id: 'why', header: t('plan.why'), isWrapping: true, cell: (one) => `${t(`errors.${one.code}`)} ${one.message}` },
    { id: 'mend', header: t('refused.mend'), isWrapping: true, cell: (one) => one.mend ?? t('state.none') },
    { id: 'code', header: t('plan.code'), cell: (one) => <span className="mono">{one.code}</span> },
  ];
  const overridable = refusals.filter((one) => one.isOverridable).length;
  return (
    <Stack gap={4}>
      <Title order={3}>{t('plan.refusals')}</Title>
      <DataTable
        label={t('plan.refusals')}
        columns={columns}
        rows={refusals}
        rowKey={(one) => `${one.tenantId} ${one.serviceId}`}
        maxHeight={180}
      />
      {overridable > 0 && <OverrideForm count={overridable} onOverride={onOverride} />}
    </Stack>
  );
}

interface PlanOverriddenProps {
  overridden: readonly Objection[];
  reason: string;
  onWithdraw: () => void;
}

/** What the plan sets aside, with the reason that goes into the log. */
export function PlanOverridden({ overridden, reason, onWithdraw }: PlanOverriddenProps) {
  const { t } = useTranslation();
  return (
    <div className="panel" data-tone="warn">
      <Stack gap="xs">
        <Group justify="space-between">
          <Text size="sm" fw={600}>
            {t('refused.setAside', { count: overridden.length })}
          </Text>
          <Button variant="default" size="compact-xs" onClick={onWithdraw}>
            {t('refused.withdraw')}
          </Button>
        </Group>
        <Text size="sm">{reason}</Text>
        {overridden.length > 0 && <ObjectionList objections={overridden} />}
      </Stack>
    </div>
  );
}
