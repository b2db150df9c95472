import './rules.css';
import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { BackLink } from '../../parts/back-link.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Failure, Loading } from '../../parts/states.tsx';
import { ServiceTabs } from '../services/service-tabs.tsx';
import { RulesProvider } from './rules-context.tsx';
import { RulesWorkspace } from './rules-workspace.tsx';
import { useRules } from './use-rule-work.ts';

/** The rules of one service: what is live, the draft, and the way from one to the other. */
export function RulesPage() {
  const { t } = useTranslation();
  const { serviceId } = useParams({ from: '/shell/services/$serviceId/rules' });
  const rules = useRules(serviceId);
  return (
    <RulesProvider serviceId={serviceId}>
      <PageHeader
        title={t('rules.titleOf', { serviceId })}
        before={<BackLink to="/services">{t('services.back')}</BackLink>}
      />
      <ServiceTabs serviceId={serviceId} />
      {rules.isPending && <Loading what={t('rules.title')} />}
      {rules.isError && !rules.data && <Failure error={rules.error} onRetry={() => void rules.refetch()} />}
      {rules.data && <RulesWorkspace key={serviceId} serviceId={serviceId} rules={rules.data} />}
    </RulesProvider>
  );
}
