import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Lane } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { CelText } from '../../parts/cel-text.tsx';
import { useUnitWords } from '../rules/unit-words.ts';

/** How strict the lane is, and every way into it. */
export function LaneFacts({ lane }: { lane: Lane }) {
  const { t } = useTranslation();
  const { share } = useFormat();
  const wordUnit = useUnitWords();
  const { entry, enteredBy, mode, tag } = lane;
  return (
    <dl className="facts panel">
      <dt>{t('lanes.mode')}</dt>
      <dd>{`${t(`lanes.modes.${mode}`)} — ${t(`lanes.modeMeans.${mode}`)}`}</dd>
      <dt>{t('lanes.entryByTag')}</dt>
      <dd className="mono">{`baggage: grey-tag=${tag}  ·  x-grey-tag: ${tag}`}</dd>
      <dt>{t('lanes.entryByRule')}</dt>
      <dd>
        {enteredBy.length === 0
          ? t('lanes.noRule')
          : enteredBy.map(({ serviceId, ruleId, ruleName }, index) => (
              <span key={`${serviceId} ${ruleId}`}>
                {index > 0 && ' · '}
                <Anchor component={Link} to={`/services/${encodeURIComponent(serviceId)}/rules`} size="sm">
                  {`${serviceId}: ${ruleName}`}
                </Anchor>
              </span>
            ))}
      </dd>
      <dt>{t('lanes.entryByItself')}</dt>
      <dd>
        {!entry && t('lanes.noEntry')}
        {entry?.when && <CelText condition={entry.when} />}
        {entry?.when && entry.portion && ' · '}
        {entry?.portion &&
          t('lanes.portionOf', { share: share(entry.portion.share), unit: wordUnit(entry.portion.unit) })}
        {entry?.portion && (
          <>
            {' '}
            <span className="mono">{t('lanes.salt', { salt: entry.portion.salt })}</span>
          </>
        )}
      </dd>
    </dl>
  );
}
