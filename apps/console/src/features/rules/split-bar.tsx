import { useFormat } from '../../i18n/format.ts';
import type { Share } from './rule-types.ts';
import { useRulesContext } from './rules-context.tsx';
import { colourOf } from './version-colours.ts';

/** A split as a bar with a legend: the words say it all, the colours repeat it. */
export function SplitBar({ shares }: { shares: readonly Share[] }) {
  const { share } = useFormat();
  const { versionNames } = useRulesContext();
  return (
    <span className="split">
      <span className="split-bar" aria-hidden="true">
        {shares.map(({ version, weight }, index) => (
          <span
            key={`${index} ${version}`}
            style={{ width: `${weight / 100}%`, background: colourOf(versionNames, version) }}
          />
        ))}
      </span>
      <span className="split-legend">
        {shares.map(({ version, weight }, index) => (
          <span key={`${index} ${version}`} className="nowrap">
            <span className="split-mark" aria-hidden="true" style={{ background: colourOf(versionNames, version) }} />
            <span className="mono">{version}</span> {share(weight)}
          </span>
        ))}
      </span>
    </span>
  );
}
