import { useTranslation } from 'react-i18next';
import type { Flag } from '../../api/generated/model/index.ts';
import { Fold } from '../../parts/fold.tsx';

/** What `/route` answers where no rule holds, and what is kept: the same that the API takes. */
export function FlagJson({ flags }: { flags: readonly Flag[] }) {
  const { t } = useTranslation();
  const plain = Object.fromEntries(flags.map(({ name, value }) => [name, value]));
  return (
    <Fold title={t('flags.json')} count={flags.length} means={t('flags.jsonMeans')}>
      <pre
        className="panel mono"
        style={{ margin: '6px 0', fontSize: 12, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}
      >
        {JSON.stringify({ flags: plain }, null, 2)}
        {'\n\n'}
        {JSON.stringify({ flags }, null, 2)}
      </pre>
    </Fold>
  );
}
