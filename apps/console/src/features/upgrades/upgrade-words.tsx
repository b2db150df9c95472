import { Progress } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { UpgradePlace, UpgradeSummary } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { StatusLabel } from '../../parts/status.tsx';
import { isOver, oldVersion, toneOf } from './upgrade-state.ts';
import './upgrades.css';

/** The state in a word; what it waits for where it waits. */
export function UpgradeStateLabel({ upgrade }: { upgrade: UpgradeSummary }) {
  const { t } = useTranslation();
  const { state, awaits } = upgrade;
  return (
    <StatusLabel tone={toneOf(upgrade)}>
      {state === 'waiting' && awaits ? t(`upgrades.awaits.${awaits}`) : t(`upgrades.states.${state}`)}
    </StatusLabel>
  );
}

/** `from → to`, with the versions of the schema where it changes. */
export function UpgradeMove({ upgrade, hasSchema = false }: { upgrade: UpgradeSummary; hasSchema?: boolean }) {
  const { t } = useTranslation();
  const { toVersion, schemaFrom, schemaTo, kind } = upgrade;
  const from = oldVersion(upgrade);
  return (
    <span className="nowrap">
      <span className="mono">
        {kind === 'service' && from !== null && (
          <>
            {from}
            <span aria-hidden="true">{' → '}</span>
          </>
        )}
        {toVersion}
      </span>
      {hasSchema && schemaTo !== null && schemaFrom !== schemaTo && (
        <span className="dimmed">{` · ${t('upgrades.schemaMove', { from: schemaFrom ?? '?', to: schemaTo })}`}</span>
      )}
    </span>
  );
}

/** Step and percentage; nothing when it is over. */
export function UpgradeProgress({ upgrade, width = 90 }: { upgrade: UpgradeSummary; width?: number | string }) {
  const { t } = useTranslation();
  const { percent } = useFormat();
  if (isOver(upgrade)) return null;
  return (
    <span className="upgrade-progress">
      <Progress
        value={upgrade.percent}
        w={width}
        size="sm"
        transitionDuration={0}
        color={upgrade.failure ? 'red' : 'indigo'}
        aria-label={t('upgrades.progressOf', { tenant: upgrade.tenantId })}
      />
      <span className="nowrap">
        {percent(upgrade.percent)}
        {upgrade.step !== null && ` · ${t(`upgrades.steps.${upgrade.step}`)}`}
      </span>
    </span>
  );
}

/** Which statement of which migration runs. */
export function PlaceWords({ place }: { place: UpgradePlace }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  return (
    <span>
      <span className="mono">{place.migration}</span>{' '}
      {t(`upgrades.place.${place.direction}`, {
        statement: number(place.statement),
        of: number(place.statementCount),
      })}{' '}
      <span className="dimmed">
        {t('upgrades.place.inStep', { done: number(place.doneCount), total: number(place.totalCount) })}
      </span>
    </span>
  );
}
