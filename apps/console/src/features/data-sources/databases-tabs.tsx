import { useTranslation } from 'react-i18next';
import { PageTabs } from '../../parts/page-tabs.tsx';
import { usePermission } from '../access/me.ts';

/** The pages about the databases of tenants, as far as they are the operator's to see. */
export function DatabasesTabs() {
  const { t } = useTranslation();
  const mayReadSchemas = usePermission('upgrades.read');
  const mayReadMigrations = usePermission('migrations.read');
  const mayRotate = usePermission('data_sources.rotate');
  return (
    <PageTabs
      label={t('nav.databases')}
      tabs={[
        { to: '/databases', label: t('dataSources.title') },
        ...(mayReadSchemas ? [{ to: '/databases/schemas', label: t('schemas.title') }] : []),
        ...(mayReadMigrations ? [{ to: '/databases/policy', label: t('migrationPolicy.title') }] : []),
        ...(mayRotate ? [{ to: '/databases/keys', label: t('masterKeys.title') }] : []),
      ]}
    />
  );
}
