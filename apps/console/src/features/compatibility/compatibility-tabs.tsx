import { useTranslation } from 'react-i18next';
import { PageTabs } from '../../parts/page-tabs.tsx';

/** What fits with what, and a question put to it. */
export function CompatibilityTabs() {
  const { t } = useTranslation();
  return (
    <PageTabs
      label={t('compatibility.pages')}
      tabs={[
        { to: '/compatibility', label: t('compatibility.matrix') },
        { to: '/compatibility/upgrade', label: t('upgrade.title') },
      ]}
    />
  );
}
