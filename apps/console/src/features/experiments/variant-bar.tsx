import { useFormat } from '../../i18n/format.ts';
import type { VariantFields } from './experiment-fields.ts';

const colourCount = 6;

/** Who gets which share, as a bar; the words beneath say the same without colours. */
export function VariantBar({ variants }: { variants: readonly VariantFields[] }) {
  const { share } = useFormat();
  return (
    <div className="variants">
      <div className="variant-bar" aria-hidden="true">
        {variants.map(({ name, weight }, index) => (
          <span key={`${index} ${name}`} data-colour={index % colourCount} style={{ width: `${weight / 100}%` }} />
        ))}
      </div>
      <ul>
        {variants.map(({ name, version, weight }, index) => (
          <li key={`${index} ${name}`}>
            <span className="variant-mark" data-colour={index % colourCount} aria-hidden="true" />
            <strong>{name}</strong> <span className="mono">{version}</span> {share(weight)}
          </li>
        ))}
      </ul>
    </div>
  );
}
