import { useTranslation } from 'react-i18next';
import type { UpgradeFailure } from '../../api/generated/model/index.ts';

/** What a code of a failure means and what mends it, in the operator's language; what has no words here is told as it came. */
export function useFailureWords() {
  const { t, i18n } = useTranslation();
  return ({ code, mend }: Pick<UpgradeFailure, 'code' | 'mend'>) => ({
    title: i18n.exists(`upgrades.failure.codes.${code}`)
      ? t(`upgrades.failure.codes.${code as 'STATEMENT_FAILED'}`)
      : undefined,
    mend:
      mend !== null && i18n.exists(`upgrades.failure.mends.${code}`)
        ? t(`upgrades.failure.mends.${code as 'STATEMENT_FAILED'}`)
        : mend,
  });
}
