import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { UpgradeBatch } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { batchToneOf, endedCount, isBatchOver, isEnding, minutesLeft, standingOf } from './batch-state.ts';

/** Where the API's own words add something to what is said here: why it stopped, who took it back. */
const isTold: Partial<Record<UpgradeBatch['state'], boolean>> = {
  rolling_back: true,
  rolled_back: true,
  stopped: true,
};

/** What is happening, who did not make it, and what can still be taken back: first of all, and in words. */
export function BatchHeadline({ batch }: { batch: UpgradeBatch }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const { state, wave, waves, sentence, fromVersion, toVersion, counts } = batch;
  const words = {
    wave: wave === null ? t('state.none') : number(wave),
    waves: number(waves.length),
    to: toVersion,
    from: fromVersion ?? t('batches.before'),
    waiting: number(counts.waiting),
    count: counts.done,
  };
  const hasContract = batch.options.contract === 'ask' && counts.done > 0;
  const back =
    state === 'contracting' || (state === 'done' && hasContract) ? 'contracted' : isBatchOver(batch) ? 'over' : 'open';
  const now = state === 'running' && wave === null ? 'beginning' : standingOf(batch);
  return (
    <section className="panel upgrade-headline" data-tone={batchToneOf(batch)} aria-label={t('upgrades.state')}>
      <Text fw={600} role="status">
        {t(`batches.now.${now}`, words)}
      </Text>
      {isTold[state] ? <Text size="sm">{sentence}</Text> : <Troubles batch={batch} />}
      {back !== 'over' && <Text size="sm">{t(`batches.returns.${back}`, words)}</Text>}
    </section>
  );
}

/** Who failed, needs somebody or was taken back; nothing when nobody did. */
function Troubles({ batch: { counts } }: { batch: UpgradeBatch }) {
  const { t } = useTranslation();
  const { failed, needsOperator, aborted } = counts;
  if (failed + needsOperator + aborted === 0) return null;
  return (
    <Text size="sm" {...(failed + needsOperator > 0 ? { c: 'var(--bad)' } : {})}>
      {failed > 0 && t('batches.troubles.failed', { count: failed })}{' '}
      {needsOperator > 0 && t('batches.troubles.needsOperator', { count: needsOperator })}{' '}
      {aborted > 0 && t('batches.troubles.aborted', { count: aborted })}
    </Text>
  );
}

export function BatchFigures({ batch }: { batch: UpgradeBatch }) {
  const { t } = useTranslation();
  const { number, duration, percent } = useFormat();
  const { counts, ratePerMinute, createdAt, finishedAt } = batch;
  const left = minutesLeft(batch);
  const figures: readonly (readonly [name: FigureName, value: string])[] = [
    ['tenants', number(counts.total)],
    ['ended', percent((endedCount(counts) / Math.max(1, counts.total)) * 100)],
    ['done', number(counts.done)],
    ['failed', number(counts.failed)],
    ['needsOperator', number(counts.needsOperator)],
    ['running', number(counts.running)],
    ['waiting', number(counts.waiting)],
    ['queued', number(counts.queued)],
    ['takenBack', number(counts.aborted + counts.skipped)],
    ...(isEnding(batch) ? [['rate', number(Math.round(ratePerMinute * 10) / 10)] as const] : []),
    ...(finishedAt === null ? [] : [['took', duration(Date.parse(finishedAt) - Date.parse(createdAt))] as const]),
    ...(left === undefined ? [] : [['left', duration(left * 60_000)] as const]),
  ];
  return (
    <dl className="figures batch-figures">
      {figures.map(([name, value]) => (
        <div
          key={name}
          data-loud={(name === 'failed' && counts.failed > 0) || (name === 'needsOperator' && counts.needsOperator > 0)}
        >
          <dt>{t(`batches.figures.${name}`)}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

type FigureName =
  | 'tenants'
  | 'ended'
  | 'done'
  | 'failed'
  | 'needsOperator'
  | 'running'
  | 'waiting'
  | 'queued'
  | 'takenBack'
  | 'rate'
  | 'took'
  | 'left';
