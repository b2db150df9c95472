import { Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Plan, PlannedMove } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';

/** `from → to` of a version; null is "follows the default". */
export function VersionDiff({ from, to }: { from: string | null; to: string | null }) {
  const { t } = useTranslation();
  return (
    <span className="mono nowrap">
      <del className="diff-from">{from ?? t('assignments.default')}</del>
      <span aria-hidden="true">{' → '}</span>
      <ins className="diff-to" style={{ textDecoration: 'none' }}>
        {to ?? t('assignments.default')}
      </ins>
    </span>
  );
}

/** What moves; a plan that names its groups shows them too, when it is long. */
export function PlanMoves({
  plan,
}: {
  plan: Pick<Plan, 'moves' | 'summary' | 'isTruncated'> & { readonly byService?: Plan['byService'] };
}) {
  const { t } = useTranslation();
  const { number } = useFormat();
  if (plan.moves.length === 0) return <Text size="sm">{t('plan.noMoves')}</Text>;
  const columns: DataColumn<PlannedMove>[] = [
    {
      id: 'tenant',
      header: t('terms.tenant'),
      cell: (move) => <TenantCell id={move.tenantId} name={move.tenantName} />,
    },
    { id: 'service', header: t('terms.service'), cell: (move) => <span className="mono">{move.serviceId}</span> },
    {
      id: 'version',
      header: t('terms.version'),
      cell: (move) => <VersionDiff from={move.fromVersion} to={move.toVersion} />,
    },
    {
      id: 'pin',
      header: t('assignments.pin'),
      cell: ({ fromPinned, toPinned }) => {
        if (fromPinned === toPinned) return toPinned ? t('assignments.staysPinned') : t('state.none');
        return toPinned ? t('assignments.willPin') : t('assignments.willUnpin');
      },
    },
  ];
  return (
    <Stack gap={4}>
      <Title order={3}>{t('plan.moves')}</Title>
      {plan.summary.moveCount > 10 ? (
        <ul style={{ margin: 0, paddingLeft: 18, fontSize: 13 }}>
          {(plan.byService ?? []).map((group) => (
            <li key={`${group.serviceId} ${group.fromVersion} ${group.toVersion}`}>
              <span className="mono">{group.serviceId}</span>{' '}
              <VersionDiff from={group.fromVersion} to={group.toVersion} />{' '}
              {t('plan.tenantCount', { count: group.tenantCount })}
            </li>
          ))}
        </ul>
      ) : null}
      <DataTable
        label={t('plan.moves')}
        columns={columns}
        rows={plan.moves}
        rowKey={(move) => `${move.tenantId} ${move.serviceId}`}
        maxHeight={260}
      />
      {plan.isTruncated && (
        <Text size="xs" c="dimmed">
          {t('plan.truncated', { shown: number(plan.moves.length), all: number(plan.summary.moveCount) })}
        </Text>
      )}
    </Stack>
  );
}

function TenantCell({ id, name }: { id: string; name: string }) {
  return (
    <span className="nowrap">
      <span className="mono">{id}</span> {name !== id && name}
    </span>
  );
}
