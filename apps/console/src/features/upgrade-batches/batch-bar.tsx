import { useTranslation } from 'react-i18next';
import type { BatchCounts } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { segments, segmentTones } from './batch-state.ts';
import './batches.css';

/** Where the tenants of a wave stand, as parts of one bar. The words beside it carry the numbers. */
export function BatchBar({ counts, label }: { counts: BatchCounts; label: string }) {
  const { total } = counts;
  return (
    <div className="batch-bar" role="img" aria-label={label}>
      {segments.map((segment) =>
        counts[segment] > 0 ? (
          <span
            key={segment}
            data-tone={segmentTones[segment]}
            data-segment={segment}
            style={{ width: `${(counts[segment] / Math.max(1, total)) * 100}%` }}
          />
        ) : null,
      )}
    </div>
  );
}

/** "done 12 · running 3 · failed 1": only what there is. */
export function CountWords({ counts }: { counts: BatchCounts }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  return (
    <span className="batch-counts">
      {segments
        .filter((segment) => counts[segment] > 0)
        .map((segment) => (
          <span key={segment} data-tone={segmentTones[segment]}>
            {t(`batches.counts.${segment}`)} <strong>{number(counts[segment])}</strong>
          </span>
        ))}
    </span>
  );
}

/** The bar in words, for who does not see it. */
export function useBarWords() {
  const { t } = useTranslation();
  const { number } = useFormat();
  return (counts: BatchCounts): string =>
    segments
      .filter((segment) => counts[segment] > 0)
      .map((segment) => `${t(`batches.counts.${segment}`)} ${number(counts[segment])}`)
      .join(', ') || t('state.none');
}
