import { Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { BatchWave, UpgradeBatch } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { StatusLabel } from '../../parts/status.tsx';
import { BatchBar, CountWords, useBarWords } from './batch-bar.tsx';
import { waveTones } from './batch-state.ts';

/** The waves from top to bottom, each as a bar with its counts and how many failures it may still have. */
export function WaveList({ batch: { waves, wave } }: { batch: UpgradeBatch }) {
  const { t } = useTranslation();
  return (
    <section className="panel" aria-label={t('batches.waves')}>
      <Title order={2}>{t('batches.waves')}</Title>
      <ol className="waves">
        {waves.map((one) => (
          <Wave key={one.number} wave={one} isNow={one.number === wave} />
        ))}
      </ol>
    </section>
  );
}

function Wave({ wave, isNow }: { wave: BatchWave; isNow: boolean }) {
  const { t } = useTranslation();
  const { number, dateTime } = useFormat();
  const wordBar = useBarWords();
  const { counts, failureBudget, state, soakUntil } = wave;
  const failures = counts.failed + counts.needsOperator;
  return (
    <li className="wave" aria-current={isNow ? 'step' : undefined}>
      <span className="wave-name">
        <strong>{number(wave.number)}</strong> {'·'} {wave.name}
      </span>
      <span className="wave-state">
        <StatusLabel tone={waveTones[state]}>{t(`batches.waveStates.${state}`)}</StatusLabel>
        {state === 'soaking' && soakUntil !== null && (
          <span className="dimmed">{t('upgrades.until', { at: dateTime(soakUntil) })}</span>
        )}
      </span>
      <div className="wave-bar">
        <BatchBar counts={counts} label={t('batches.barOf', { wave: number(wave.number), counts: wordBar(counts) })} />
        <CountWords counts={counts} />
      </div>
      <span className="wave-total">
        {t('batches.tenantCount', { count: counts.total })}
        <span className="dimmed" data-over={failures > failureBudget}>
          {t('batches.budgetUsed', { failures: number(failures), budget: number(failureBudget) })}
        </span>
      </span>
    </li>
  );
}
