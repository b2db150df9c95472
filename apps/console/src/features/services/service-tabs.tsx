import { useTranslation } from 'react-i18next';
import { PageTabs } from '../../parts/page-tabs.tsx';

/** The pages of one service. */
export function ServiceTabs({ serviceId }: { serviceId: string }) {
  const { t } = useTranslation();
  const service = `/services/${encodeURIComponent(serviceId)}`;
  return (
    <PageTabs
      label={t('services.pagesOf', { id: serviceId })}
      tabs={[
        { to: service, label: t('services.overview') },
        { to: `${service}/rules`, label: t('rules.title') },
        { to: `${service}/experiments`, label: t('experiments.title') },
        { to: `${service}/compatibility`, label: t('compatibility.title') },
        { to: `${service}/migrations`, label: t('migrations.title') },
      ]}
    />
  );
}
