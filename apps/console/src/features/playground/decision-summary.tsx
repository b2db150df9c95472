import type { Decision } from '@grey/route-core';
import { Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { StatusLabel } from '../../parts/status.tsx';

interface DecisionSummaryProps {
  decision: Decision;
  /** Whose rules decided. */
  label: string;
  testId: string;
  /** What the live rules decided, for the draft to be held against. */
  live?: Decision;
}

/** The answer in one look: which version, where, why; or the refusal. */
export function DecisionSummary({ decision, label, testId, live }: DecisionSummaryProps) {
  const { t } = useTranslation();
  const isSame = live && answerOf(live) === answerOf(decision);
  return (
    <section className="panel" data-tone={decision.ok ? 'note' : 'bad'} aria-label={label}>
      <Stack gap="xs">
        <Group gap="sm">
          <Text size="xs" c="dimmed">
            {label}
          </Text>
          {live && (
            <StatusLabel tone={isSame ? 'good' : 'warn'}>
              {isSame ? t('playground.sameVersion') : t('playground.otherVersion')}
            </StatusLabel>
          )}
        </Group>
        {decision.ok ? <Routed decision={decision} testId={testId} /> : <Refused decision={decision} testId={testId} />}
        <Text size="xs" c="dimmed" className="mono">
          {t('live.position', { epoch: decision.epoch, revision: decision.revision })}
        </Text>
      </Stack>
    </section>
  );
}

const answerOf = (decision: Decision) => (decision.ok ? decision.version : decision.code);

function Refused({ decision, testId }: { decision: Extract<Decision, { ok: false }>; testId: string }) {
  const { t } = useTranslation();
  return (
    <>
      <Group gap="sm">
        <StatusLabel tone="bad">{t('playground.refused')}</StatusLabel>
        <span className="mono" data-testid={testId}>
          {decision.code}
        </span>
        {decision.version && <span className="mono">{decision.version}</span>}
      </Group>
      <Text fw={600} size="sm">
        {t(`errors.${decision.code}`)}
      </Text>
      {decision.reason && <Text size="sm">{t(`reason.${decision.reason}`)}</Text>}
    </>
  );
}

function Routed({ decision, testId }: { decision: Extract<Decision, { ok: true }>; testId: string }) {
  const { t } = useTranslation();
  const { fallback, experiment, mirror, flags } = decision;
  const facts: [name: string, value: string | null][] = [
    [t('playground.fact.rule'), decision.rule],
    [t('playground.fact.experiment'), experiment && `${experiment.id} · ${experiment.variant}`],
    [t('playground.fact.lane'), decision.lane],
    [t('playground.fact.bucket'), decision.bucket === null ? null : String(decision.bucket)],
    [t('playground.fact.instance'), `${decision.instance.instanceId} · ${decision.instance.address}`],
    [t('playground.fact.mirror'), mirror && `${mirror.version} · ${mirror.instance.address}`],
    [
      t('playground.fact.flags'),
      flags &&
        Object.entries(flags)
          .map(([name, value]) => `${name}=${value}`)
          .join('  '),
    ],
  ];
  return (
    <>
      <Group gap="sm" align="baseline">
        <Text size="xl" fw={650} className="mono" data-testid={testId}>
          {decision.version}
        </Text>
        <StatusLabel tone="note">{t(`playground.because.${decision.reason}`)}</StatusLabel>
        {decision.isDegraded && <StatusLabel tone="warn">{t('playground.degraded')}</StatusLabel>}
        {decision.isHeld && <StatusLabel tone="warn">{t('playground.held')}</StatusLabel>}
      </Group>
      <Text size="sm">{t(`reason.${decision.reason}`)}</Text>
      {decision.isHeld && (
        <Text size="sm">
          {t('playground.heldBy', { holds: decision.holds.join(', ') })}{' '}
          {decision.holds.map((holdId) => (
            <Link key={holdId} to="/holds/$holdId" params={{ holdId }} className="plain-link">
              {t('holds.open')}
            </Link>
          ))}
        </Text>
      )}
      {fallback && (
        <Text size="sm">
          {t('playground.fellBack', {
            from: fallback.from,
            to: fallback.to,
            cause: t(`playground.cause.${fallback.cause}`),
          })}
        </Text>
      )}
      <dl className="facts">
        {facts.map(([name, value]) =>
          value === null ? null : (
            <div key={name} className="fact">
              <dt>{name}</dt>
              <dd className="mono">{value}</dd>
            </div>
          ),
        )}
      </dl>
    </>
  );
}
