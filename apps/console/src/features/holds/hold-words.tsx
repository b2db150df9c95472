import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Hold } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { StatusLabel } from '../../parts/status.tsx';
import { VersionDiff } from '../assignments/plan-diff.tsx';

/** `from → to` that leads to the hold. */
export function HoldLink({ hold }: { hold: Hold }) {
  return (
    <Anchor component={Link} to={`/holds/${hold.id}`} size="sm" className="nowrap">
      <VersionDiff from={hold.fromVersion} to={hold.toVersion} />
    </Anchor>
  );
}

/** Whom a hold is for, in words. */
export function ScopeWords({ hold: { scope, tenantCount } }: { hold: Hold }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  if (scope.kind === 'all') return <>{t('holds.scopes.all')}</>;
  if (scope.kind === 'tag')
    return (
      <>
        {t('holds.scopes.tag')} <span className="tag">{scope.tag}</span>
      </>
    );
  const [only] = scope.tenantIds;
  if (tenantCount === 1 && only) return <span className="mono">{only}</span>;
  const count = tenantCount ?? scope.tenantIds.length;
  return <>{t('holds.scopes.tenants', { count, shown: number(count) })}</>;
}

export function HoldStateLabel({ hold: { isActive, isPending } }: { hold: Hold }) {
  const { t } = useTranslation();
  return (
    <StatusLabel tone={isActive ? 'warn' : 'plain'}>
      {t(isPending ? 'holds.pending' : isActive ? 'holds.inForce' : 'holds.lifted')}
    </StatusLabel>
  );
}
