import { Text } from '@mantine/core';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import type { Upgrade, UpgradeStepView } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { StatusLabel, type Tone } from '../../parts/status.tsx';
import { returnOf, type ShownStep, shownStep } from './upgrade-state.ts';
import { PlaceWords } from './upgrade-words.tsx';
import { useStepWords } from './use-step-words.ts';

const marks: Record<ShownStep, string> = {
  pending: '○',
  notReached: '○',
  running: '●',
  waiting: '◐',
  done: '✓',
  past: '✓',
  skipped: '–',
  failed: '✕',
  failedAndBack: '✕',
  compensating: '↶',
  compensated: '↩',
};
const tones: Record<ShownStep, Tone> = {
  pending: 'plain',
  notReached: 'plain',
  running: 'note',
  waiting: 'warn',
  done: 'good',
  past: 'plain',
  skipped: 'plain',
  failed: 'bad',
  failedAndBack: 'bad',
  compensating: 'warn',
  compensated: 'plain',
};

/** The whole way, step by step, with a line where the way back ends. */
export function UpgradeStepper({ upgrade }: { upgrade: Upgrade }) {
  const { t } = useTranslation();
  const { steps, isPastReturn, state } = upgrade;
  const hasReturn = steps.some(({ isPointOfNoReturn }) => isPointOfNoReturn);
  const line = !isPastReturn ? 'line' : returnOf(upgrade) === 'contracted' ? 'passed' : 'crossed';
  return (
    <>
      <ol className="saga" aria-label={t('upgrades.steps.title')}>
        {steps.map((step) => (
          <Fragment key={step.name}>
            {step.isPointOfNoReturn && (
              <li className="saga-return" data-crossed={isPastReturn}>
                <strong>{t(isPastReturn ? 'upgrades.return.crossed' : 'upgrades.return.line')}</strong>
                <span>{t(`upgrades.return.${line}Means`)}</span>
              </li>
            )}
            <Step step={step} upgrade={upgrade} />
          </Fragment>
        ))}
      </ol>
      {!hasReturn && (
        <Text size="sm" c="dimmed">
          {t(state === 'done' ? 'upgrades.return.noneDone' : 'upgrades.return.none')}
        </Text>
      )}
    </>
  );
}

function Step({ step, upgrade }: { step: UpgradeStepView; upgrade: Upgrade }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const { name, attempt } = step;
  const { text, further } = useStepWords(upgrade)(step);
  const state = shownStep(step, upgrade);
  const isNow = state === 'running' || state === 'waiting' || state === 'compensating';
  const isPale = state === 'pending' || state === 'notReached' || state === 'past';
  const hasPlace = isNow && upgrade.place !== null && (name === 'expand' || name === 'contract');
  return (
    <li className="saga-step" data-state={state} aria-current={isNow ? 'step' : undefined}>
      <span className="saga-mark" data-tone={tones[state]} aria-hidden="true">
        {marks[state]}
      </span>
      <div className="saga-body">
        <div className="saga-head">
          <strong>{t(`upgrades.steps.${name}`)}</strong>
          <StatusLabel tone={tones[state]}>{t(`upgrades.stepStates.${state}`)}</StatusLabel>
          {/* That somebody confirmed is no second attempt. */}
          {attempt > 1 && name !== 'confirm' && (
            <span className="dimmed">{t('upgrades.attempt', { count: attempt, number: number(attempt) })}</span>
          )}
          <StepTimes step={step} state={state} />
        </div>
        {text !== null && <div className={isPale ? 'dimmed' : 'saga-detail'}>{text}</div>}
        {further !== null && (
          <div className={isPale || text !== null ? 'saga-detail dimmed' : 'saga-detail'}>{further}</div>
        )}
        {hasPlace && upgrade.place && (
          <div className="saga-detail">
            <PlaceWords place={upgrade.place} />
          </div>
        )}
      </div>
    </li>
  );
}

/** When it began, and how long it took; of what went back, when that was. */
function StepTimes({ step: { startedAt, finishedAt }, state }: { step: UpgradeStepView; state: ShownStep }) {
  const { t } = useTranslation();
  const { time, dateTime, duration } = useFormat();
  if (startedAt === null) return null;
  const took = finishedAt === null ? 0 : Math.max(0, Date.parse(finishedAt) - Date.parse(startedAt));
  const isBack = state === 'compensated' || state === 'failedAndBack';
  return (
    <time className="saga-times dimmed" dateTime={startedAt} title={dateTime(startedAt)}>
      {time(startedAt)}
      {finishedAt !== null && state === 'done' && ` · ${t('upgrades.took', { duration: duration(took) })}`}
      {finishedAt !== null && isBack && ` · ${t('upgrades.backAt', { at: time(finishedAt) })}`}
    </time>
  );
}
