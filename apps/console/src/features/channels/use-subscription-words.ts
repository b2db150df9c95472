import { useTranslation } from 'react-i18next';
import type { Subscription } from '../../api/generated/model/index.ts';
import { kindKey } from '../changes/change-filters.ts';

/** What a channel is told of, in a line. */
export function useSubscriptionWords(): (subscription: Subscription) => string {
  const { t } = useTranslation();
  return ({ groups, kinds, serviceIds, tenantIds, tenantTags }) => {
    const wanted = [
      ...groups.map((group) => t(`channels.group.${group}`)),
      ...kinds.map((kind) => t(`changeKinds.${kindKey(kind)}`)),
    ];
    const about = [...serviceIds, ...tenantIds, ...tenantTags.map((tag) => `#${tag}`)];
    return [
      wanted.length === 0 ? t('channels.everyKind') : wanted.join(', '),
      ...(about.length === 0 ? [] : [t('channels.about', { names: about.join(', ') })]),
    ].join(' · ');
  };
}
