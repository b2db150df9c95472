import { useTranslation } from 'react-i18next';
import type { UpgradeSummary } from '../../api/generated/model/index.ts';
import { oldVersion, returnOf } from './upgrade-state.ts';

/** Where an upgrade stands and what can still be taken back, in a sentence each. */
export function useUpgradeWords() {
  const { t } = useTranslation();
  return (upgrade: UpgradeSummary) => {
    const { state, step, awaits, fromVersion, toVersion, tenantId } = upgrade;
    const back = returnOf(upgrade);
    const words = {
      step: step === null ? t('state.none') : t(`upgrades.steps.${step}`),
      from: (back === 'back' ? fromVersion : oldVersion(upgrade)) ?? t('upgrades.olderVersions'),
      to: toVersion,
      tenant: tenantId,
    };
    const now =
      state === 'waiting' && awaits
        ? t(`upgrades.now.waits.${awaits}`, words)
        : t(`upgrades.now.${state === 'waiting' ? 'running' : state}`, words);
    const isBackNowhere = back === 'back' && fromVersion === null;
    return { now, back: t(`upgrades.returns.${isBackNowhere ? 'backNowhere' : back}`, words) };
  };
}
