import { useTranslation } from 'react-i18next';
import { PageTabs } from '../../parts/page-tabs.tsx';

/** Tenant by tenant, or many in waves. */
export function UpgradesTabs() {
  const { t } = useTranslation();
  return (
    <PageTabs
      label={t('nav.upgrades')}
      tabs={[
        { to: '/upgrades', label: t('upgrades.tenants') },
        { to: '/upgrades/batches', label: t('batches.title') },
      ]}
    />
  );
}
