import { Progress } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Rollback } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { StatusLabel } from '../../parts/status.tsx';

const tones = { rewriting: 'note', done: 'good', stopped: 'plain', undone: 'plain' } as const;

/** How far assignments have been brought in line. Nobody's version changes by that, and nothing waits for it. */
export function RollbackProgress({ rollback }: { rollback: Rollback }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const { state, rewrittenCount, totalCount } = rollback;
  const total = totalCount ?? rewrittenCount;
  return (
    <span className="rollback-progress">
      <StatusLabel tone={tones[state]}>{t(`holds.states.${state}`)}</StatusLabel>
      <span className="nowrap">
        {totalCount === null
          ? t('holds.notCounted')
          : t('holds.rewritten', { done: number(rewrittenCount), total: number(totalCount) })}
      </span>
      {state === 'rewriting' && (
        <Progress
          value={total === 0 ? 0 : (rewrittenCount / total) * 100}
          size="sm"
          w={120}
          transitionDuration={0}
          aria-label={t('holds.progress')}
        />
      )}
    </span>
  );
}
