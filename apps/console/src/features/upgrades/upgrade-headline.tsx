import { Progress, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Upgrade } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { isOver, toneOf } from './upgrade-state.ts';
import { PlaceWords } from './upgrade-words.tsx';
import { useUpgradeWords } from './use-upgrade-words.ts';

/** What is happening, how far it is, and what can still be taken back: first of all, and in words. */
export function UpgradeHeadline({ upgrade }: { upgrade: Upgrade }) {
  const { t } = useTranslation();
  const { percent, dateTime } = useFormat();
  const { waitUntil, place, tenantId } = upgrade;
  const { now, back } = useUpgradeWords()(upgrade);
  const further = furtherOf(upgrade);
  return (
    <section className="panel upgrade-headline" data-tone={toneOf(upgrade)} aria-label={t('upgrades.state')}>
      <Text fw={600} role="status">
        {now} {waitUntil && !isOver(upgrade) && t('upgrades.nextAt', { at: dateTime(waitUntil) })}
      </Text>
      <Text size="sm">{back}</Text>
      {further !== null && (
        <Text size="sm" c={isOver(upgrade) ? 'dimmed' : ''}>
          {further}
        </Text>
      )}
      {!isOver(upgrade) && (
        <div className="upgrade-now">
          <Progress
            value={upgrade.percent}
            size="md"
            transitionDuration={0}
            color={upgrade.failure ? 'red' : 'indigo'}
            aria-label={t('upgrades.progressOf', { tenant: tenantId })}
          />
          <span className="nowrap">{percent(upgrade.percent)}</span>
        </div>
      )}
      {place && !isOver(upgrade) && (
        <Text size="sm" component="div">
          <PlaceWords place={place} />
        </Text>
      )}
    </section>
  );
}

/**
 * Where the API's own words add something: whom the step under way waits for, by whom and why it was aborted, that its batch is
 * paused. Null where they would only say it again.
 */
function furtherOf({ state, step, steps, awaits, sentence, batchId }: Upgrade): string | null {
  if (state === 'running' || (state === 'waiting' && awaits !== 'confirmation'))
    return steps.find((one) => one.name === step)?.detail ?? null;
  if (state === 'aborting' || state === 'aborted') return sentence;
  return state === 'queued' && batchId !== null ? sentence : null;
}
