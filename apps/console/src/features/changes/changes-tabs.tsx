import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { usePermission } from '../access/me.ts';

/** The ways to look at what was: as links, each with an address of its own. */
export function ChangesTabs() {
  const { t } = useTranslation();
  const mayAudit = usePermission('audit.read');
  const tabs = [
    { to: '/changes', label: t('changes.timeline') },
    { to: '/changes/state', label: t('past.title') },
    { to: '/changes/compare', label: t('compare.title') },
    ...(mayAudit ? [{ to: '/changes/audit', label: t('audit.title') }] : []),
  ];
  return (
    <nav className="page-tabs" aria-label={t('nav.changes')}>
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
