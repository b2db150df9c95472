import { useTranslation } from 'react-i18next';

/** What a code of the linter is about, in a few words of the operator's language; empty for a code that is newer than this console. */
export function useCodeWords(): (code: string) => string {
  const { t, i18n } = useTranslation();
  return (code) => (i18n.exists(`migrations.codes.${code}`) ? t(`migrations.codes.${code as 'DATA_LOSS'}`) : '');
}
