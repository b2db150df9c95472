import { Anchor, Stack } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { RollbackPlan } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import type { Tone } from '../../parts/status.tsx';

interface ConsequenceListsProps extends Pick<RollbackPlan, 'leftOut' | 'warnings' | 'frozen' | 'preempted'> {
  /** Whether it is to come, or has come. */
  isPlan: boolean;
}

/** More than these are counted. */
const shown = 100;

/** Who stays and why, what speaks against a rollback, what it overrides and what it stops: by name. */
export function ConsequenceLists({ leftOut, warnings, frozen, preempted, isPlan }: ConsequenceListsProps) {
  const { t, i18n } = useTranslation();
  const freezes = groupFreezes(frozen);
  const when = isPlan ? 'plan' : 'done';
  // The API's own words stand in for codes that other features bring along.
  const wordStay = (code: string, message: string) =>
    i18n.exists(`emergency.stays.${code}`) ? t(`emergency.stays.${code as 'TENANT_UNKNOWN'}`) : message;
  const wordWarning = (code: string, message: string) =>
    i18n.exists(`emergency.warning.${code}`) ? t(`emergency.warning.${code as 'NO_INSTANCE'}`) : message;
  const wordKind = (kind: string) =>
    i18n.exists(`emergency.preempted.kinds.${kind}`) ? t(`emergency.preempted.kinds.${kind as 'upgrade'}`) : kind;
  return (
    <Stack gap="xs">
      <Consequence tone="bad" title={t('emergency.leftOut', { count: leftOut.length })} items={leftOut}>
        {({ tenantId, code, message }) => (
          <>
            <strong className="mono">{tenantId}</strong> {wordStay(code, message)}
            {code === 'BEYOND_HORIZON' && <div className="dimmed">{message}</div>}
          </>
        )}
      </Consequence>
      <Consequence tone="warn" title={t(`emergency.warnings.${when}`, { count: warnings.length })} items={warnings}>
        {({ code, message }) => (
          <>
            {wordWarning(code, message)} <span className="mono dimmed">{code}</span>
            {code === 'ALREADY_HELD' && <div className="dimmed">{message}</div>}
          </>
        )}
      </Consequence>
      <Consequence tone="warn" title={t(`emergency.frozen.${when}`, { count: freezes.length })} items={freezes}>
        {({ detail, tenantIds }) => (
          <>
            {detail}{' '}
            {tenantIds.length > 0 && (
              <span className="dimmed">{t('emergency.frozen.tenants', { count: tenantIds.length })} </span>
            )}
            <span className="mono dimmed">{tenantIds.join(', ')}</span>
          </>
        )}
      </Consequence>
      <Consequence tone="note" title={t(`emergency.preempted.${when}`, { count: preempted.length })} items={preempted}>
        {({ kind, id, detail }) => (
          <>
            {wordKind(kind)} <Stopped kind={kind} id={id} detail={detail} />
          </>
        )}
      </Consequence>
    </Stack>
  );
}

const pages: Readonly<Record<string, string>> = { upgrade: '/upgrades', upgrade_batch: '/upgrades/batches' };

/** What it is, as the way to it where it has a page of its own. */
function Stopped({ kind, id, detail }: Omit<RollbackPlan['preempted'][number], 'serviceId'>) {
  const page = pages[kind];
  if (page === undefined)
    return (
      <>
        <strong className="mono">{id}</strong> {detail}
      </>
    );
  return (
    <Anchor component={Link} to={`${page}/${id}`} size="sm">
      {detail}
    </Anchor>
  );
}

/** One freeze is told once, with whom of those it is for the plan names. */
export function groupFreezes(frozen: RollbackPlan['frozen']): { detail: string; tenantIds: string[] }[] {
  return [...Map.groupBy(frozen, ({ detail }) => detail)].map(([detail, all]) => ({
    detail,
    tenantIds: all.flatMap(({ tenantId }) => tenantId ?? []),
  }));
}

interface ConsequenceProps<T> {
  tone: Tone;
  title: string;
  items: readonly T[];
  children: (item: T) => ReactNode;
}

function Consequence<T>({ tone, title, items, children }: ConsequenceProps<T>) {
  const { t } = useTranslation();
  const { number } = useFormat();
  if (items.length === 0) return null;
  return (
    <section className="panel consequence" data-tone={tone} aria-label={title}>
      <strong>{title}</strong>
      {/* The list may scroll, which the keyboard must be able to. */}
      <ul className="plain-list" tabIndex={items.length > 1 ? 0 : undefined}>
        {items.slice(0, shown).map((item) => (
          <li key={JSON.stringify(item)}>{children(item)}</li>
        ))}
      </ul>
      {items.length > shown && t('state.firstOf', { shown: number(shown), all: number(items.length) })}
    </section>
  );
}
