import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

const tabs = [
  { to: '/upgrades', label: 'upgrades.tenants' },
  { to: '/upgrades/batches', label: 'batches.title' },
] as const;

/** Tenant by tenant, or many in waves: each with an address of its own. */
export function UpgradesTabs() {
  const { t } = useTranslation();
  return (
    <nav className="page-tabs" aria-label={t('nav.upgrades')}>
      {tabs.map(({ to, label }) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: true, includeSearch: false }}
          activeProps={{ 'aria-current': 'page' }}
        >
          {t(label)}
        </Link>
      ))}
    </nav>
  );
}
