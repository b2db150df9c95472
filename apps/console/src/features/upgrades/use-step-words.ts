import { useTranslation } from 'react-i18next';
import type { Upgrade, UpgradeStepView } from '../../api/generated/model/index.ts';

export interface StepWords {
  /** What was, is or will be done, as far as it follows from the upgrade itself. */
  readonly text: string | null;
  /** What the API adds, in its own words: counts, names, who confirmed. */
  readonly further: string | null;
}

/** What a step says of itself. The API's detail stands only where it tells more than the upgrade does. */
export function useStepWords(upgrade: Upgrade) {
  const { t } = useTranslation();
  const { schemaFrom, schemaTo, toVersion, options, fromVersion } = upgrade;
  const none = t('state.none');
  const skipped = {
    preflight: null,
    mark: t('upgrades.stepSays.noMigrations'),
    backup: t(`upgrades.stepSays.backup.${options.backup}`),
    expand: t('upgrades.stepSays.noMigrations'),
    verify: t('upgrades.stepSays.noMigrations'),
    switch: t('upgrades.stepSays.alreadyThere', { to: toVersion }),
    soak: null,
    confirm: t('upgrades.stepSays.nothingContracted'),
    fence: t('upgrades.stepSays.nothingContracted'),
    contract: t('upgrades.stepSays.nothingContracted'),
  };
  const done = {
    preflight: null,
    mark: schemaFrom === null ? null : t('upgrades.stepSays.marked', { schema: schemaFrom }),
    backup: t('upgrades.stepSays.backedUp'),
    expand:
      schemaFrom === null || schemaTo === null || schemaFrom >= schemaTo
        ? null
        : t('upgrades.stepSays.expanded', { from: schemaFrom, to: schemaTo }),
    verify: t('upgrades.stepSays.verified'),
    switch: t('upgrades.stepSays.switched', { from: fromVersion ?? none, to: toVersion }),
    soak: null,
    confirm: null,
    fence: t('upgrades.stepSays.fenced'),
    contract: schemaTo === null ? null : t('upgrades.stepSays.contracted', { schema: schemaTo }),
  };
  /** Steps whose outcome says it all. */
  const isWhole = (name: keyof typeof done) => ['mark', 'backup', 'verify', 'switch'].includes(name);
  return ({ name, state, detail }: UpgradeStepView): StepWords => {
    if (state === 'pending' || (detail === null && state !== 'skipped'))
      return { text: t(`upgrades.stepMeans.${name}`), further: null };
    if (state === 'skipped') return { text: skipped[name] ?? detail, further: null };
    if (state === 'done') return { text: done[name], further: done[name] !== null && isWhole(name) ? null : detail };
    if (state === 'compensated' && name === 'mark') return { text: t('upgrades.stepSays.unmarked'), further: null };
    if (state === 'compensated' && name === 'backup')
      return { text: t('upgrades.stepSays.backupStays'), further: null };
    return { text: null, further: detail };
  };
}
