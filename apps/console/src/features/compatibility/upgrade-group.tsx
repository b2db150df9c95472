import { Button, Group, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CellMove, SolutionGroupsItem, UpgradeStep } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { StatusLabel } from '../../parts/status.tsx';
import { usePermission } from '../access/me.ts';
import { VersionDiff } from '../assignments/plan-diff.tsx';
import { PlanReview } from '../assignments/plan-review.tsx';
import type { StepReason } from './step-reason.ts';
import { wordRange } from './version-facts.tsx';

const tones = { plan: 'note', nothing: 'good', impossible: 'bad', undecided: 'warn' } as const;
const shownIds = 12;

interface UpgradeGroupProps {
  group: SolutionGroupsItem;
  allCount: number;
  reasons: readonly StepReason[];
  onApplied: () => void;
}

/** Tenants with the same way: its steps, or why there is none. The first step can be planned and applied from here. */
export function UpgradeGroup({ group, allCount, reasons, onApplied }: UpgradeGroupProps) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const mayWrite = usePermission('assignments.write');
  const [moves, setMoves] = useState<CellMove[] | null>(null);
  const { outcome, steps, tenantCount, tenantIds } = group;
  const isWhole = tenantIds.length === tenantCount;
  const more = tenantCount - Math.min(shownIds, tenantIds.length);
  return (
    <section className="panel upgrade-group" data-outcome={outcome}>
      <Group justify="space-between" gap="sm">
        <Group gap="sm">
          <StatusLabel tone={tones[outcome]}>{t(`upgrade.outcomes.${outcome}`)}</StatusLabel>
          <Title order={2}>
            {t('upgrade.tenantsOf', { count: tenantCount, shown: number(tenantCount), all: number(allCount) })}
          </Title>
        </Group>
        {steps.length > 0 && (
          <Text size="sm" c="dimmed">
            {t('upgrade.steps', { count: steps.length })}
          </Text>
        )}
      </Group>
      <Text size="xs" c="dimmed" className="mono" mt={4}>
        {tenantIds.slice(0, shownIds).join(' · ')}
        {more > 0 && ` · ${t('upgrade.more', { more: number(more) })}`}
      </Text>
      {group.reasons.length > 0 && (
        <ul className="upgrade-reasons">
          {group.reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
      {steps.length > 0 && (
        <ol className="step-list">
          {steps.map((step, index) => (
            <li key={`${step.serviceId} ${step.toVersion}`}>
              <div>
                <Group gap="xs">
                  <span className="mono">{step.serviceId}</span>
                  <VersionDiff from={step.fromVersion} to={step.toVersion} />
                  {step.breakingChanges && <StatusLabel tone="warn">{t('upgrade.breaking')}</StatusLabel>}
                  {step.migrationRequired && <StatusLabel tone="note">{t('upgrade.migration')}</StatusLabel>}
                </Group>
                <Text size="xs" c="dimmed">
                  <ReasonWords reason={reasons[index]} />
                </Text>
              </div>
              {index === 0 && mayWrite && isWhole ? (
                <Button variant="default" onClick={() => setMoves(movesOf(step, tenantIds))}>
                  {t('upgrade.apply')}
                </Button>
              ) : (
                <span />
              )}
            </li>
          ))}
        </ol>
      )}
      {outcome === 'plan' && steps.length > 1 && mayWrite && (
        <Text size="xs" c="dimmed" mt={4}>
          {isWhole ? t('upgrade.oneByOne') : t('upgrade.tooMany', { limit: number(tenantIds.length) })}
        </Text>
      )}
      {moves && (
        <PlanReview
          cells={moves}
          onClose={() => setMoves(null)}
          onApplied={() => {
            setMoves(null);
            onApplied();
          }}
        />
      )}
    </section>
  );
}

/** Without what stands there now: a tenant may be on the version by assignment or by default. */
function movesOf(step: UpgradeStep, tenantIds: readonly string[]): CellMove[] {
  return tenantIds.map((tenantId) => ({ tenantId, serviceId: step.serviceId, targetVersion: step.toVersion }));
}

function ReasonWords({ reason }: { reason: StepReason | undefined }) {
  const { t } = useTranslation();
  if (!reason || reason.kind === 'other') return t('upgrade.because.other');
  if (reason.kind === 'asked') return t('upgrade.because.asked');
  if (reason.kind === 'onTheWay')
    return t('upgrade.because.onTheWay', { version: reason.version, step: reason.at + 1 });
  const { serviceId, version, range, at } = reason;
  return t('upgrade.because.needed', {
    service: serviceId,
    version,
    range: wordRange(typeof range === 'string' ? range : [...range]),
    step: at + 1,
  });
}
