import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

const tabs = [
  { to: '/compatibility', label: 'compatibility.matrix' },
  { to: '/compatibility/upgrade', label: 'upgrade.title' },
] as const;

export function CompatibilityTabs() {
  const { t } = useTranslation();
  return (
    <nav className="page-tabs" aria-label={t('compatibility.pages')}>
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
