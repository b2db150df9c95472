import { useTranslation } from 'react-i18next';
import type { Upgrade } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';

/** Who asked for an upgrade or a batch, why, and until when it took: lines of a list of facts. */
export function AskedFacts({ of }: { of: Pick<Upgrade, 'requestedBy' | 'createdAt' | 'reason' | 'finishedAt'> }) {
  const { t } = useTranslation();
  const { dateTime } = useFormat();
  return (
    <>
      <dt>{t('upgrades.askedBy')}</dt>
      <dd>
        {of.requestedBy.name} {'·'} {dateTime(of.createdAt)}
      </dd>
      <dt>{t('upgrades.reason')}</dt>
      <dd>{of.reason ?? t('state.none')}</dd>
      {of.finishedAt !== null && (
        <>
          <dt>{t('upgrades.ended')}</dt>
          <dd>{dateTime(of.finishedAt)}</dd>
        </>
      )}
    </>
  );
}
