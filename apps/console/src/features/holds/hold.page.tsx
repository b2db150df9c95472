import { Anchor, Button, Group, Stack, Text, Title } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Hold } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { Ago } from '../../parts/ago.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Failure, Loading } from '../../parts/states.tsx';
import { usePermission } from '../access/me.ts';
import { followHolds } from './follow-holds.ts';
import { HoldLink, HoldStateLabel, ScopeWords } from './hold-words.tsx';
import './holds.css';
import { LiftDialog } from './lift-dialog.tsx';
import { RollbackProgress } from './rollback-progress.tsx';
import { useActiveHolds } from './use-active-holds.ts';
import { useHold } from './use-hold.ts';

/** One hold: for whom, why, what it leads on to, how far its bookkeeping is, and the two ways out. */
export function HoldPage() {
  const { t } = useTranslation();
  const { holdId } = useParams({ from: '/shell/holds/$holdId' });
  const { hold, rollback } = useHold(holdId);
  const mayLift = usePermission('emergency.rollback');
  const [dialog, setDialog] = useState<'lift' | 'undo' | null>(null);
  const one = hold.data;
  return (
    <>
      <PageHeader
        title={
          one
            ? t(one.isActive ? 'holds.title' : 'holds.titleLifted', { service: one.serviceId, from: one.fromVersion })
            : t('nav.holds')
        }
        note={one && <HoldStateLabel hold={one} />}
        before={
          <Anchor component={Link} to="/holds" size="xs">
            {t('holds.back')}
          </Anchor>
        }
        actions={
          mayLift &&
          one?.isActive && (
            <>
              {rollback.data && (
                <Button variant="default" onClick={() => setDialog('undo')}>
                  {t('holds.undo')}
                </Button>
              )}
              <Button variant="default" onClick={() => setDialog('lift')}>
                {t('holds.lift')}
              </Button>
            </>
          )
        }
      />
      {hold.isPending && <Loading what={holdId} />}
      {hold.isError && <Failure error={hold.error} onRetry={() => void hold.refetch()} />}
      {one && (
        <Stack gap="md">
          <HoldFacts hold={one} />
          <section className="panel" aria-label={t('holds.progress')}>
            <Stack gap={4}>
              <Title order={2}>{t('holds.progress')}</Title>
              {rollback.data ? <RollbackProgress rollback={rollback.data} /> : t('state.none')}
              <Text size="sm" c="dimmed">
                {t('holds.progressMeans')}
              </Text>
            </Stack>
          </section>
          <HoldTenants hold={one} />
        </Stack>
      )}
      {one && dialog && <LiftDialog hold={one} manner={dialog} onClose={() => setDialog(null)} />}
    </>
  );
}

function HoldFacts({ hold }: { hold: Hold }) {
  const { t } = useTranslation();
  const { dateTime } = useFormat();
  return (
    <dl className="facts panel" data-tone={hold.isActive ? 'warn' : undefined}>
      <dt>{t('holds.move')}</dt>
      <dd>
        <HoldChain hold={hold} />
      </dd>
      <dt>{t('terms.service')}</dt>
      <dd>
        <Anchor component={Link} to={`/services/${encodeURIComponent(hold.serviceId)}`} size="sm" className="mono">
          {hold.serviceId}
        </Anchor>
      </dd>
      <dt>{t('holds.scope')}</dt>
      <dd>
        <ScopeWords hold={hold} />
      </dd>
      <dt>{t('holds.reason')}</dt>
      <dd>{hold.reason ?? t('holds.unknownNow')}</dd>
      <dt>{t('holds.who')}</dt>
      <dd>
        {hold.createdBy?.name ?? t('holds.unknownNow')}
        {hold.operatorId && ` · ${t('holds.operator', { id: hold.operatorId })}`}
      </dd>
      <dt>{t('holds.since')}</dt>
      <dd>
        {hold.createdAt === null ? (
          t('holds.unknownNow')
        ) : (
          <>
            {dateTime(hold.createdAt)} {'·'} <Ago iso={hold.createdAt} />
          </>
        )}
      </dd>
      {hold.liftedAt && (
        <>
          <dt>{t('holds.lifted')}</dt>
          <dd>{[dateTime(hold.liftedAt), hold.liftedBy?.name, hold.liftReason].filter(Boolean).join(' · ')}</dd>
        </>
      )}
      <dt>{t('holds.id')}</dt>
      <dd className="mono">{hold.id}</dd>
    </dl>
  );
}

/** Where the tenants land: this hold, then those that lead on from its target. */
function HoldChain({ hold }: { hold: Hold }) {
  const { t } = useTranslation();
  const all = useActiveHolds({ serviceId: hold.serviceId });
  const further = hold.isActive ? followHolds(all, hold.toVersion) : [];
  const earlier = hold.isActive ? all.filter(({ toVersion }) => toVersion === hold.fromVersion) : [];
  return (
    <Stack gap={2}>
      <Group gap="xs">
        <span className="mono hold-move">
          {hold.fromVersion} <span aria-hidden="true">{'→'}</span> {hold.toVersion}
        </span>
        {further.length > 0 && (
          <Text size="sm" span>
            {t('holds.landsOn')} <span className="mono">{further.at(-1)?.hold.toVersion}</span>
          </Text>
        )}
      </Group>
      {further.map((link) => (
        <Text size="sm" key={link.hold.id} component="div">
          {t(link.isPartial ? 'holds.leadsOnForSome' : 'holds.leadsOn')} <HoldLink hold={link.hold} />{' '}
          <ScopeWords hold={link.hold} />
        </Text>
      ))}
      {earlier.map((one) => (
        <Text size="sm" key={one.id} component="div">
          {t('holds.comesFrom')} <HoldLink hold={one} /> <ScopeWords hold={one} />
        </Text>
      ))}
    </Stack>
  );
}

/** More than these are counted. */
const shownTenants = 500;

function HoldTenants({ hold: { scope, tenantCount } }: { hold: Hold }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  if (scope.kind !== 'tenants') return null;
  const count = tenantCount ?? scope.tenantIds.length;
  return (
    <section className="panel" aria-label={t('holds.scope')}>
      <Title order={2}>{t('holds.scopes.tenants', { count, shown: number(count) })}</Title>
      <div className="hold-tenants">
        {scope.tenantIds.slice(0, shownTenants).map((id) => (
          <Anchor key={id} component={Link} to={`/tenants/${encodeURIComponent(id)}`} size="sm" className="mono">
            {id}
          </Anchor>
        ))}
      </div>
      {count > shownTenants && (
        <Text size="xs" c="dimmed">
          {t('state.firstOf', { shown: number(shownTenants), all: number(count) })}
        </Text>
      )}
    </section>
  );
}
