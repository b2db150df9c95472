import { Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { simulateRules } from '../../api/generated/grey.ts';
import type { SimulateRules, Simulation } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { StatusLabel } from '../../parts/status.tsx';
import { stableText } from './rule-types.ts';

/** What the rules would have done to the requests that this router sampled. */
export function WhatIf({ serviceId, question }: { serviceId: string; question: SimulateRules }) {
  const { t } = useTranslation();
  const simulation = useQuery({
    queryKey: ['simulation', serviceId, stableText(question)],
    queryFn: ({ signal }) => simulateRules(serviceId, question, { signal }),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  if (simulation.isPending) return <Loading what={t('rules.whatIf.title')} />;
  if (simulation.isError) return <Failure error={simulation.error} onRetry={() => void simulation.refetch()} />;
  if (simulation.data.sampleCount === 0) return <Empty>{t('rules.whatIf.noSample')}</Empty>;
  return <Outcome simulation={simulation.data} />;
}

function Outcome({ simulation }: { simulation: Simulation }) {
  const { t } = useTranslation();
  const { number, dateTime, percent } = useFormat();
  const { sampleCount, sampledSince, changedCount, changedTenantCount, noInstanceBefore, noInstanceAfter } = simulation;
  const figures = [
    { label: t('rules.whatIf.sampled'), value: number(sampleCount) },
    {
      label: t('rules.whatIf.changed'),
      value: `${number(changedCount)} (${percent((changedCount / sampleCount) * 100)})`,
    },
    {
      label: t('rules.whatIf.tenants'),
      value: t('rules.whatIf.of', { part: number(changedTenantCount), all: number(simulation.tenantCount) }),
    },
    { label: t('rules.whatIf.noInstance'), value: `${number(noInstanceBefore)} → ${number(noInstanceAfter)}` },
  ];
  return (
    <Stack gap="xs">
      <dl className="figures">
        {figures.map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {noInstanceAfter > noInstanceBefore && (
        <Group>
          <StatusLabel tone="bad">{t('rules.whatIf.moreWithoutInstance')}</StatusLabel>
        </Group>
      )}
      {simulation.unseen.length > 0 && (
        <div className="panel" data-tone="warn">
          <Text size="sm">{t('rules.whatIf.unseen')}</Text>
          <Group gap={6}>
            {simulation.unseen.map((input) => (
              <span key={input} className="tag">
                {input}
              </span>
            ))}
          </Group>
        </div>
      )}
      <Transitions rows={simulation.transitions.filter(({ from, to }) => from !== to)} />
      <Tenants rows={simulation.tenants.filter((tenant) => tenant.changedCount > 0)} />
      <MatchedRules rows={simulation.rules.filter(({ before, after }) => before !== after)} />
      {sampledSince && (
        <Text size="xs" c="dimmed">
          {t('rules.whatIf.since', { at: dateTime(sampledSince), seen: number(simulation.seenCount) })}
        </Text>
      )}
    </Stack>
  );
}

function Transitions({ rows }: { rows: Simulation['transitions'] }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  if (rows.length === 0) return <Empty>{t('rules.whatIf.nothingMoves')}</Empty>;
  const columns: DataColumn<Simulation['transitions'][number]>[] = [
    { id: 'move', header: t('rules.whatIf.move'), cell: (row) => <FromTo {...row} /> },
    { id: 'count', header: t('rules.whatIf.requests'), cell: (row) => number(row.count), isNumber: true },
    { id: 'tenants', header: t('rules.whatIf.tenants'), cell: (row) => number(row.tenantCount), isNumber: true },
  ];
  return (
    <DataTable
      label={t('rules.whatIf.move')}
      columns={columns}
      rows={rows}
      rowKey={({ from, to }) => `${from} ${to}`}
      maxHeight={200}
    />
  );
}

function Tenants({ rows }: { rows: Simulation['tenants'] }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  if (rows.length === 0) return null;
  const columns: DataColumn<Simulation['tenants'][number]>[] = [
    { id: 'tenant', header: t('terms.tenant'), cell: (row) => <span className="mono">{row.tenantId}</span> },
    {
      id: 'changed',
      header: t('rules.whatIf.changed'),
      cell: (row) => t('rules.whatIf.of', { part: number(row.changedCount), all: number(row.count) }),
      isNumber: true,
    },
    {
      id: 'moves',
      header: t('rules.whatIf.move'),
      isWrapping: true,
      cell: (row) => (
        <Group gap="sm">
          {row.transitions
            .filter(({ from, to }) => from !== to)
            .map((move) => (
              <FromTo key={`${move.from} ${move.to}`} {...move} />
            ))}
        </Group>
      ),
    },
  ];
  return (
    <DataTable
      label={t('rules.whatIf.tenants')}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.tenantId}
      maxHeight={220}
    />
  );
}

/** How often each rule decided, where that differs. */
function MatchedRules({ rows }: { rows: Simulation['rules'] }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  if (rows.length === 0) return null;
  const columns: DataColumn<Simulation['rules'][number]>[] = [
    { id: 'rule', header: t('rules.rule'), cell: (row) => <span className="mono">{row.ruleId}</span> },
    { id: 'before', header: t('rules.whatIf.decidedNow'), cell: (row) => number(row.before), isNumber: true },
    { id: 'after', header: t('rules.whatIf.decidedThen'), cell: (row) => number(row.after), isNumber: true },
  ];
  return (
    <DataTable
      label={t('rules.whatIf.decided')}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.ruleId}
      maxHeight={180}
    />
  );
}

/** A request without a version was refused. */
function FromTo({ from, to }: { from: string | null; to: string | null }) {
  const { t } = useTranslation();
  return (
    <span className="mono nowrap">
      {from ?? t('rules.whatIf.refused')}
      <span aria-hidden="true">{' → '}</span>
      <span className={to === null ? 'outcome-refused' : 'diff-to'}>{to ?? t('rules.whatIf.refused')}</span>
    </span>
  );
}
