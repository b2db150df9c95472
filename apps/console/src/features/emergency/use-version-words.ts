import { useTranslation } from 'react-i18next';
import type { VersionFacts } from './version-choices.ts';

/** A version with what helps to choose it, on one line. */
export function useVersionWords() {
  const { t } = useTranslation();
  return (
    { version, status, assignmentCount, instanceCount }: VersionFacts,
    { isDefault, isHeld }: { isDefault: boolean; isHeld: boolean },
  ): string =>
    [
      version,
      isDefault && t('emergency.isDefault'),
      assignmentCount !== null && t('emergency.assigned', { count: assignmentCount }),
      instanceCount !== null && t('emergency.instances', { count: instanceCount }),
      status !== 'active' && t(`versionStatus.${status}`),
      isHeld && t('emergency.isHeld'),
    ]
      .filter(Boolean)
      .join(' · ');
}
