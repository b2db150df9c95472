import { Anchor, Button, Checkbox, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { listTenantServices } from '../../api/generated/grey.ts';
import type { Hold, Tenant, TenantService } from '../../api/generated/model/index.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { StatusLabel } from '../../parts/status.tsx';
import { usePermission } from '../access/me.ts';
import { findConflicts, noteMove, setPendingMoves, usePendingMoves } from '../assignments/pending-moves.ts';
import { PlanReview } from '../assignments/plan-review.tsx';
import { landingOf } from '../holds/follow-holds.ts';
import { HoldNotice } from '../holds/hold-notice.tsx';
import { useActiveHolds } from '../holds/use-active-holds.ts';

/** Value of the select that means "drop the assignment": no version label can contain a space. */
const followDefault = ' default';

/** What each service runs for this tenant, and where it shall go. Nothing moves before the plan is applied. */
export function TenantServices({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation();
  const mayWrite = usePermission('assignments.write');
  const moves = usePendingMoves(tenant.id);
  const holds = useActiveHolds({ tenantId: tenant.id });
  const [isReviewing, setReviewing] = useState(false);
  const services = useQuery({
    queryKey: ['tenant-services', tenant.id],
    queryFn: ({ signal }) => listTenantServices(tenant.id, { signal }),
  });
  if (services.isPending) return <Loading what={t('tenants.services')} />;
  if (services.isError) return <Failure error={services.error} onRetry={() => void services.refetch()} />;
  const rows = services.data.items;
  if (rows.length === 0) return <Empty>{t('services.noneYet')}</Empty>;
  const moveOf = (row: TenantService) => moves.find((move) => move.serviceId === row.serviceId);
  const conflicts = findConflicts(moves, new Map(rows.map((row) => [row.serviceId, row.version])));
  const theirsOf = (row: TenantService) => conflicts.find((one) => one.move.serviceId === row.serviceId);
  const note = (row: TenantService, targetVersion: string | null, pinned: boolean | undefined) => {
    // The first note fixes what the operator saw; later notes on the same row keep it.
    const currentVersion = moveOf(row)?.currentVersion ?? row.version;
    const move = { tenantId: tenant.id, serviceId: row.serviceId, currentVersion, targetVersion };
    setPendingMoves(tenant.id, noteMove(moves, pinned === undefined ? move : { ...move, pinned }, row.isPinned));
  };
  const columns: DataColumn<TenantService>[] = [
    {
      id: 'service',
      header: t('terms.service'),
      cell: (row) => (
        <Anchor
          component={Link}
          to={`/services/${encodeURIComponent(row.serviceId)}`}
          size="sm"
          className="mono nowrap"
        >
          {row.serviceId}
        </Anchor>
      ),
    },
    {
      id: 'effective',
      header: t('tenants.runs'),
      cell: (row) => (
        <Group gap={6} wrap="nowrap">
          <span className="mono nowrap" data-testid={`current-${row.serviceId}`}>
            {row.effectiveVersion ?? t('state.none')}
          </span>
          <HeldLabel row={row} holds={holds} />
          {theirsOf(row) && <StatusLabel tone="warn">{t('conflict.changedMeanwhile')}</StatusLabel>}
        </Group>
      ),
    },
    { id: 'source', header: t('tenants.source'), cell: (row) => <SourceLabel source={row.source} /> },
    {
      id: 'target',
      header: t('tenants.target'),
      cell: (row) => {
        const move = moveOf(row);
        const value = move ? (move.targetVersion ?? followDefault) : (row.version ?? followDefault);
        return (
          <NativeSelect
            w={200}
            aria-label={t('tenants.targetOf', { service: row.serviceId })}
            disabled={!mayWrite}
            value={value}
            onChange={(event) => {
              const picked = event.currentTarget.value;
              note(row, picked === followDefault ? null : picked, picked === followDefault ? undefined : move?.pinned);
            }}
            data={[
              { value: followDefault, label: t('assignments.followDefault') },
              ...row.versions.map(({ version, status }) => ({
                value: version,
                label: status === 'active' ? version : `${version} (${t(`versionStatus.${status as 'retired'}`)})`,
                disabled: status === 'retired' && version !== row.version,
              })),
            ]}
          />
        );
      },
    },
    {
      id: 'pin',
      header: t('assignments.pin'),
      cell: (row) => {
        const move = moveOf(row);
        const target = move ? move.targetVersion : row.version;
        return (
          <Checkbox
            aria-label={t('tenants.pinOf', { service: row.serviceId })}
            disabled={!mayWrite || target === null}
            checked={target !== null && (move?.pinned ?? row.isPinned)}
            onChange={(event) => note(row, target, event.currentTarget.checked)}
          />
        );
      },
    },
  ];
  return (
    <Stack gap="sm">
      <HoldNotice holds={holds} hasService />
      <DataTable
        label={t('tenants.services')}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.serviceId}
        rowHeight={39}
        maxHeight="calc(100vh - 330px)"
        isPending={(row) => moveOf(row) !== undefined}
      />
      {moves.length > 0 && (
        <section className="tray" aria-label={t('pending.label')}>
          <Group justify="space-between">
            <div>
              <Text size="sm" fw={600}>
                {t('pending.count', { count: moves.length })}
              </Text>
              <Text size="xs" c="dimmed">
                {conflicts.length > 0 ? t('pending.conflicts', { count: conflicts.length }) : t('pending.means')}
              </Text>
            </div>
            <Group gap="xs">
              <Button variant="default" onClick={() => setPendingMoves(tenant.id, [])}>
                {t('pending.discard')}
              </Button>
              <Button onClick={() => setReviewing(true)}>{t('pending.review')}</Button>
            </Group>
          </Group>
        </section>
      )}
      {isReviewing && (
        <PlanReview
          cells={moves}
          onClose={() => setReviewing(false)}
          onApplied={() => {
            setPendingMoves(tenant.id, []);
            setReviewing(false);
          }}
        />
      )}
    </Stack>
  );
}

/** Says which version answers in place of one that is held. */
function HeldLabel({ row, holds }: { row: TenantService; holds: readonly Hold[] }) {
  const { t } = useTranslation();
  if (row.effectiveVersion === null) return null;
  const ofService = holds.filter(({ serviceId }) => serviceId === row.serviceId);
  const { version, via } = landingOf(ofService, row.effectiveVersion);
  return via.length === 0 ? null : <StatusLabel tone="warn">{t('holds.heldHere', { version })}</StatusLabel>;
}

const sourceTones = {
  PINNED: 'note',
  ASSIGNMENT: 'plain',
  DEFAULT: 'plain',
  DEFAULT_SPLIT: 'plain',
  NONE: 'warn',
} as const;

function SourceLabel({ source }: { source: TenantService['source'] }) {
  const { t } = useTranslation();
  return <StatusLabel tone={sourceTones[source]}>{t(`source.${source}`)}</StatusLabel>;
}
