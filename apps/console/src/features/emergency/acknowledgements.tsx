import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Position, RollbackResult } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { StatusLabel } from '../../parts/status.tsx';
import { useAcknowledgements } from './use-acknowledgements.ts';
import { useOutage } from './use-outage.ts';

interface AcknowledgementsProps {
  position: Position | null;
  convergence: RollbackResult['convergence'];
  durability: RollbackResult['durability'];
  isInLog: boolean;
  tookMs: number;
}

/** How many routers have it, after how long, and who is missing; counts on until nobody is. */
export function Acknowledgements({ position, convergence, durability, isInLog, tookMs }: AcknowledgementsProps) {
  const { t } = useTranslation();
  const { duration } = useFormat();
  const { applied, total, elapsedMs, missing, isComplete } = useAcknowledgements(position, convergence, tookMs);
  const { redis } = useOutage();
  if (position === null) {
    if (isInLog) return <span>{t('emergency.uncounted.came')}</span>;
    const isAlone = durability === 'journal';
    return <span>{t(`emergency.uncounted.${isAlone ? (redis === 'off' ? 'only' : 'journal') : 'redis'}`)}</span>;
  }
  return (
    <Stack gap={2} data-testid="acknowledged">
      <div>
        <StatusLabel tone={isComplete ? 'good' : 'warn'}>
          {t('emergency.routersHaveIt', { applied, count: total, elapsed: duration(Math.round(elapsedMs)) })}
        </StatusLabel>
      </div>
      {!isComplete && (
        <Text size="sm">
          {t('emergency.missing', { names: missing.slice(0, 20).join(', ') })} {t('emergency.missingMeans')}
        </Text>
      )}
    </Stack>
  );
}
