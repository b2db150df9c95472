import { Anchor, Group } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type {
  BackupState,
  DriftState,
  LedgerRowState,
  RollbackHorizonVersionsItemNeeds,
  TenantSchemaState,
} from '../../api/generated/model/index.ts';
import { StatusLabel, type Tone } from '../../parts/status.tsx';
import { intervalText } from './interval-text.ts';

const driftTones: Readonly<Record<DriftState, Tone>> = {
  none: 'good',
  accepted: 'note',
  drifted: 'bad',
  unreachable: 'warn',
  unknown: 'plain',
};

export function DriftLabel({ state }: { state: DriftState }) {
  const { t } = useTranslation();
  return <StatusLabel tone={driftTones[state]}>{t(`schemas.drift.${state}`)}</StatusLabel>;
}

const ledgerTones: Readonly<Record<LedgerRowState, Tone>> = {
  applied: 'good',
  running: 'note',
  reverting: 'note',
  reverted: 'plain',
  needs_operator: 'bad',
};

export function LedgerStateLabel({ state }: { state: LedgerRowState }) {
  const { t } = useTranslation();
  return <StatusLabel tone={ledgerTones[state]}>{t(`schemas.ledgerState.${state}`)}</StatusLabel>;
}

const backupTones: Readonly<Record<BackupState, Tone>> = {
  done: 'good',
  running: 'note',
  failed: 'bad',
  expired: 'plain',
};

export function BackupStateLabel({ state }: { state: BackupState }) {
  const { t } = useTranslation();
  return <StatusLabel tone={backupTones[state]}>{t(`schemas.backupState.${state}`)}</StatusLabel>;
}

const needsTones: Readonly<Record<RollbackHorizonVersionsItemNeeds, Tone>> = {
  nothing: 'good',
  downs: 'note',
  restore: 'warn',
  impossible: 'bad',
};

interface NeedsLabelProps {
  needs: RollbackHorizonVersionsItemNeeds;
  /** Whether it is known what the schema serves; if not, that nothing is needed is only that nothing is guarded. */
  isRecorded: boolean;
}

export function NeedsLabel({ needs, isRecorded }: NeedsLabelProps) {
  const { t } = useTranslation();
  if (needs === 'nothing' && !isRecorded)
    return <StatusLabel tone="plain">{t('schemas.needs.unrecorded')}</StatusLabel>;
  return <StatusLabel tone={needsTones[needs]}>{t(`schemas.needs.${needs}`)}</StatusLabel>;
}

/** The numbers of schemas that the versions asking for them find here, and whether that is about to change. */
export function IntervalLabel({ state }: { state: TenantSchemaState | null }) {
  const { t } = useTranslation();
  if (state === null) return <span className="dimmed">{t('schemas.notKnown')}</span>;
  return (
    <Group gap={6} wrap="nowrap">
      <strong>{intervalText(state)}</strong>
      {state.isMigrating && <StatusLabel tone="warn">{t('schemas.migrating')}</StatusLabel>}
    </Group>
  );
}

export function UpgradeLink({ upgradeId, isUnderWay = false }: { upgradeId: string; isUnderWay?: boolean }) {
  const { t } = useTranslation();
  return (
    <Anchor component={Link} to={`/upgrades/${encodeURIComponent(upgradeId)}`} size="sm">
      {t(isUnderWay ? 'schemas.underWay' : 'schemas.toUpgrade')}
    </Anchor>
  );
}
