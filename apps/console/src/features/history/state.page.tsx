import { Anchor, Button, Group, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { getState } from '../../api/generated/grey.ts';
import type { State } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { TextFilter } from '../../parts/filter-bar.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Failure, Loading } from '../../parts/states.tsx';
import { ChangesTabs } from '../changes/changes-tabs.tsx';
import { momentOf } from './moment.ts';
import { MomentField } from './moment-field.tsx';
import { PastEntities } from './past-entities.tsx';
import { PastTenants } from './past-tenants.tsx';
import { PastVersions } from './past-versions.tsx';
import { type PastView, readPastView } from './past-view.ts';

/** The configuration as it was at a moment: how many of what, and each of them. */
export function StatePage() {
  const { t } = useTranslation();
  const view = useSearch({ from: '/shell/changes/state' });
  const navigate = useNavigate({ from: '/changes/state' });
  const go = (next: { [K in keyof PastView]: PastView[K] | undefined }) =>
    void navigate({ search: readPastView(next), replace: true });
  const state = useQuery({
    queryKey: [view.at === undefined ? 'changes' : 'past', 'state', view.at],
    queryFn: ({ signal }) => getState(view.at === undefined ? {} : { at: view.at }, { signal }),
  });
  return (
    <>
      <PageHeader title={t('past.title')} note={t('past.note')} />
      <ChangesTabs />
      <Stack gap="sm">
        <MomentField
          label={t('past.at')}
          moment={view.at}
          onPick={(at) => void navigate({ search: readPastView({ ...view, at }) })}
        />
        {state.isPending && <Loading what={t('past.title')} />}
        {state.isError && <Failure error={state.error} onRetry={() => void state.refetch()} />}
        {state.data && (
          <section className="past" data-past={view.at !== undefined} aria-label={t('past.title')}>
            <Banner state={state.data} isNow={view.at === undefined} />
            <Kinds state={state.data} view={view} />
            <Group gap="xs" align="flex-end" role="search" aria-label={t('filter.label')}>
              {view.entity !== 'assignment' && (
                <TextFilter
                  label={t('past.search')}
                  width={220}
                  value={view.search ?? ''}
                  onSettle={(search) => go({ ...view, search })}
                />
              )}
              <TextFilter
                label={t('terms.service')}
                width={180}
                value={view.serviceId ?? ''}
                onSettle={(serviceId) => go({ ...view, serviceId })}
              />
              {(view.search || view.serviceId) && (
                <Button variant="subtle" onClick={() => go({ at: view.at, entity: view.entity })}>
                  {t('filter.clear')}
                </Button>
              )}
            </Group>
            <Things state={state.data} view={view} />
          </section>
        )}
      </Stack>
    </>
  );
}

/** Says plainly whether this is the past, and which. */
function Banner({ state, isNow }: { state: State; isNow: boolean }) {
  const { t } = useTranslation();
  const { dateTime, ago } = useFormat();
  const moment = momentOf(state.position);
  return (
    <Group justify="space-between" gap="sm" className="past-banner" role="status">
      <div>
        <strong>{isNow ? t('past.isNow') : t('past.isPast')}</strong>{' '}
        {state.at === null ? t('past.beforeAll') : t('past.lastChange', { at: dateTime(state.at), ago: ago(state.at) })}{' '}
        {state.at !== null && (
          <Anchor component={Link} to={`/changes/${moment}`} className="mono" size="sm">
            {t('live.revision', { revision: state.position.revision })}
          </Anchor>
        )}
      </div>
      {!isNow && (
        <Button variant="default" size="compact-xs" component={Link} to={`/changes/compare?from=${moment}`}>
          {t('changes.compareToNow')}
        </Button>
      )}
    </Group>
  );
}

/** How many of each kind there were; each is the way to its list. */
function Kinds({ state, view }: { state: State; view: PastView }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const kinds = ['tenant', 'assignment', 'service', 'version', 'rule', 'lane', 'experiment', 'flags'] as const;
  const others = (['hold', 'compatibility', 'freeze', 'channel'] as const).filter(
    (kind) => (state.counts[kind] ?? 0) > 0,
  );
  return (
    <nav className="past-kinds" aria-label={t('past.kinds')}>
      {[...kinds, ...others].map((entity) => (
        <Link
          key={entity}
          to="/changes/state"
          search={readPastView({
            at: view.at,
            serviceId: view.serviceId,
            entity: entity === 'tenant' ? undefined : entity,
          })}
          replace
          aria-current={(view.entity ?? 'tenant') === entity ? 'true' : undefined}
          activeOptions={{ exact: true }}
        >
          <span>{t(`past.kind.${entity}`)}</span>
          <strong>{number(state.counts[entity] ?? 0)}</strong>
        </Link>
      ))}
    </nav>
  );
}

function Things({ state, view }: { state: State; view: PastView }) {
  // The page stands at this position while new changes come in.
  const at = view.at ?? momentOf(state.position);
  if (view.entity === undefined || view.entity === 'tenant') return <PastTenants at={at} view={view} />;
  if (view.entity === 'assignment') return <PastVersions state={state} at={at} serviceId={view.serviceId} />;
  return <PastEntities key={view.entity} at={at} entity={view.entity} view={view} />;
}
