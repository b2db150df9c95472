import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

const tabs = [
  { to: '/services/$serviceId', label: 'services.overview' },
  { to: '/services/$serviceId/rules', label: 'rules.title' },
  { to: '/services/$serviceId/experiments', label: 'experiments.title' },
  { to: '/services/$serviceId/compatibility', label: 'compatibility.title' },
  { to: '/services/$serviceId/migrations', label: 'migrations.title' },
] as const;

/** The pages of one service, as links: each has an address of its own. */
export function ServiceTabs({ serviceId }: { serviceId: string }) {
  const { t } = useTranslation();
  return (
    <nav className="page-tabs" aria-label={t('services.pagesOf', { id: serviceId })}>
      {tabs.map(({ to, label }) => (
        <Link
          key={to}
          to={to}
          params={{ serviceId }}
          activeOptions={{ exact: true, includeSearch: false }}
          activeProps={{ 'aria-current': 'page' }}
        >
          {t(label)}
        </Link>
      ))}
    </nav>
  );
}
