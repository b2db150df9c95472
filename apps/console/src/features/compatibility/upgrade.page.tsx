import { compileVersionRange } from '@grey/route-core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { listCompatibility, solveCompatibility } from '../../api/generated/grey.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import './compatibility.css';
import { CompatibilityTabs } from './compatibility-tabs.tsx';
import { reasonOf } from './step-reason.ts';
import { UpgradeForm } from './upgrade-form.tsx';
import { UpgradeGroup } from './upgrade-group.tsx';
import { requestOf, targetsOf } from './upgrade-question.ts';

/** A way for tenants to target versions on which everything fits after every step. */
export function UpgradePage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const question = useSearch({ from: '/shell/compatibility/upgrade' });
  const navigate = useNavigate({ from: '/compatibility/upgrade' });
  const request = requestOf(question);
  const solution = useQuery({
    queryKey: ['upgrade', request],
    queryFn: ({ signal }) => solveCompatibility(request as NonNullable<typeof request>, { signal }),
    enabled: request !== undefined,
    retry: false,
  });
  const matrix = useQuery({ queryKey: ['compatibility'], queryFn: ({ signal }) => listCompatibility({ signal }) });
  const targets = targetsOf(question.to);
  const fits = (range: string, label: string) => compileVersionRange(range)(label);
  return (
    <>
      <PageHeader title={t('upgrade.title')} note={t('upgrade.note')} />
      <CompatibilityTabs />
      <UpgradeForm
        key={JSON.stringify(question)}
        question={question}
        isBusy={solution.isFetching}
        onAsk={(next) => {
          if (JSON.stringify(next) === JSON.stringify(question)) void solution.refetch();
          else void navigate({ search: next });
        }}
      />
      {request && solution.isPending && <Loading what={t('upgrade.what')} />}
      {solution.isError && <Failure error={solution.error} onRetry={() => void solution.refetch()} />}
      {solution.data?.tenantCount === 0 && <Empty>{t('upgrade.noTenant')}</Empty>}
      {solution.data?.groups.map((group, index) => (
        <UpgradeGroup
          key={`${solution.dataUpdatedAt} ${index}`}
          group={group}
          allCount={solution.data.tenantCount}
          reasons={group.steps.map((_, at) => reasonOf(group.steps, at, targets, matrix.data?.items ?? [], fits))}
          onApplied={() => void client.invalidateQueries({ queryKey: ['upgrade'] })}
        />
      ))}
    </>
  );
}
