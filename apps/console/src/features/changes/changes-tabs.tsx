import { useTranslation } from 'react-i18next';
import { PageTabs } from '../../parts/page-tabs.tsx';
import { usePermission } from '../access/me.ts';

/** The ways to look at what was. */
export function ChangesTabs() {
  const { t } = useTranslation();
  const mayAudit = usePermission('audit.read');
  return (
    <PageTabs
      label={t('nav.changes')}
      tabs={[
        { to: '/changes', label: t('changes.timeline') },
        { to: '/changes/state', label: t('past.title') },
        { to: '/changes/compare', label: t('compare.title') },
        ...(mayAudit ? [{ to: '/changes/audit', label: t('audit.title') }] : []),
      ]}
    />
  );
}
