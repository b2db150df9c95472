import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { usePermission } from '../access/me.ts';

/** The pages about the databases of tenants, as links: each has an address of its own. */
export function DatabasesTabs() {
  const { t } = useTranslation();
  const mayReadSchemas = usePermission('upgrades.read');
  const mayReadMigrations = usePermission('migrations.read');
  const mayRotate = usePermission('data_sources.rotate');
  const tabs = [
    { to: '/databases', label: t('dataSources.title') },
    ...(mayReadSchemas ? [{ to: '/databases/schemas', label: t('schemas.title') }] : []),
    ...(mayReadMigrations ? [{ to: '/databases/policy', label: t('migrationPolicy.title') }] : []),
    ...(mayRotate ? [{ to: '/databases/keys', label: t('masterKeys.title') }] : []),
  ];
  return (
    <nav className="page-tabs" aria-label={t('nav.databases')}>
      {tabs.map(({ to, label }) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: true, includeSearch: false }}
          activeProps={{ 'aria-current': 'page' }}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
