import { Text } from '@mantine/core';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import type { Upgrade, UpgradeStepView } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { StatusLabel, type Tone } from '../../parts/status.tsx';
import { isOver } from './upgrade-state.ts';
import { PlaceWords } from './upgrade-words.tsx';

const marks = {
  pending: '○',
  running: '●',
  waiting: '◐',
  done: '✓',
  skipped: '–',
  failed: '✕',
  compensating: '↶',
  compensated: '↩',
} as const;
const tones: Record<UpgradeStepView['state'], Tone> = {
  pending: 'plain',
  running: 'note',
  waiting: 'warn',
  done: 'good',
  skipped: 'plain',
  failed: 'bad',
  compensating: 'warn',
  compensated: 'plain',
};

/** The whole way, step by step, with a line where the way back ends. */
export function UpgradeStepper({ upgrade }: { upgrade: Upgrade }) {
  const { t } = useTranslation();
  const { steps, isPastReturn } = upgrade;
  const hasReturn = steps.some(({ isPointOfNoReturn }) => isPointOfNoReturn);
  return (
    <>
      <ol className="saga" aria-label={t('upgrades.steps.title')}>
        {steps.map((step) => (
          <Fragment key={step.name}>
            {step.isPointOfNoReturn && (
              <li className="saga-return" data-crossed={isPastReturn}>
                <strong>{t(isPastReturn ? 'upgrades.return.crossed' : 'upgrades.return.line')}</strong>
                <span>{t(isPastReturn ? 'upgrades.return.crossedMeans' : 'upgrades.return.lineMeans')}</span>
              </li>
            )}
            <Step step={step} upgrade={upgrade} />
          </Fragment>
        ))}
      </ol>
      {!hasReturn && (
        <Text size="sm" c="dimmed">
          {t('upgrades.return.none')}
        </Text>
      )}
    </>
  );
}

function Step({ step, upgrade }: { step: UpgradeStepView; upgrade: Upgrade }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const { name, state, attempt, detail } = step;
  const isNow = state === 'running' || state === 'waiting' || state === 'compensating';
  const hasPlace = isNow && upgrade.place !== null && (name === 'expand' || name === 'contract');
  return (
    <li className="saga-step" data-state={state} aria-current={isNow ? 'step' : undefined}>
      <span className="saga-mark" data-tone={tones[state]} aria-hidden="true">
        {marks[state]}
      </span>
      <div className="saga-body">
        <div className="saga-head">
          <strong>{t(`upgrades.steps.${name}`)}</strong>
          <StatusLabel tone={tones[state]}>
            {t(`upgrades.stepStates.${state === 'pending' && isOver(upgrade) ? 'notReached' : state}`)}
          </StatusLabel>
          {attempt > 1 && (
            <span className="dimmed">{t('upgrades.attempt', { count: attempt, number: number(attempt) })}</span>
          )}
          <StepTimes step={step} />
        </div>
        <div className={detail && state !== 'pending' ? 'saga-detail' : 'dimmed'}>
          {detail && state !== 'pending' ? detail : t(`upgrades.stepMeans.${name}`)}
        </div>
        {hasPlace && upgrade.place && (
          <div className="saga-detail">
            <PlaceWords place={upgrade.place} />
          </div>
        )}
      </div>
    </li>
  );
}

/** When it began, and how long it took. */
function StepTimes({ step: { startedAt, finishedAt } }: { step: UpgradeStepView }) {
  const { t } = useTranslation();
  const { time, dateTime, duration } = useFormat();
  if (startedAt === null) return null;
  const took = finishedAt === null ? null : Math.max(0, Date.parse(finishedAt) - Date.parse(startedAt));
  return (
    <time className="saga-times dimmed" dateTime={startedAt} title={dateTime(startedAt)}>
      {time(startedAt)}
      {took !== null && ` · ${t('upgrades.took', { duration: duration(took) })}`}
    </time>
  );
}
