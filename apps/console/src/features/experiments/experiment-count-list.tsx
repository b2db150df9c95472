import { Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { getExperimentCounts } from '../../api/generated/grey.ts';
import type { Experiment, ExperimentCountsVariantsItem } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { Ago } from '../../parts/ago.tsx';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { Failure, Loading } from '../../parts/states.tsx';
import { StatusLabel } from '../../parts/status.tsx';

/** Decisions are no events of the stream, so counts are read anew while the page is open. */
const rereadMs = 10_000;

/** Decisions per variant over all routers, and whether they are spread as the weights say. */
export function ExperimentCountList({ experiment }: { experiment: Experiment }) {
  const { t } = useTranslation();
  const { number, share } = useFormat();
  const { serviceId, id } = experiment;
  const counts = useQuery({
    queryKey: ['experiment-counts', serviceId, id],
    queryFn: ({ signal }) => getExperimentCounts(serviceId, id, { signal }),
    refetchInterval: rereadMs,
  });
  if (counts.isPending) return <Loading what={t('experiments.counts')} />;
  if (counts.isError) return <Failure error={counts.error} onRetry={() => void counts.refetch()} />;
  const { variants, decisionCount, isFairSplit } = counts.data;
  if (decisionCount === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('experiments.noDecisions')}
      </Text>
    );
  const weights = new Map(experiment.variants.map(({ name, weight }) => [name, weight]));
  const columns: DataColumn<ExperimentCountsVariantsItem>[] = [
    { id: 'name', header: t('experiments.variant'), cell: (row) => <strong>{row.name}</strong> },
    { id: 'count', header: t('experiments.decisions'), cell: (row) => number(row.decisionCount), isNumber: true },
    {
      id: 'share',
      header: t('experiments.shareSeen'),
      isNumber: true,
      cell: (row) => share(Math.round((row.decisionCount / decisionCount) * 10_000)),
    },
    {
      id: 'weight',
      header: t('experiments.shareWanted'),
      isNumber: true,
      cell: (row) => share(weights.get(row.name) ?? 0),
    },
    {
      id: 'last',
      header: t('experiments.lastAt'),
      cell: (row) => (row.lastAt ? <Ago iso={row.lastAt} /> : t('state.none')),
    },
  ];
  const fairness = isFairSplit === null ? 'unsure' : isFairSplit ? 'fair' : 'unfair';
  return (
    <>
      <DataTable
        label={t('experiments.countsOf', { id })}
        columns={columns}
        rows={variants}
        rowKey={(row) => row.name}
        maxHeight={300}
      />
      <Group gap="sm">
        <StatusLabel tone={isFairSplit === null ? 'plain' : isFairSplit ? 'good' : 'bad'}>
          {t(`experiments.fairness.${fairness}`)}
        </StatusLabel>
        <Text size="xs" c="dimmed">
          {t(`experiments.fairnessMeans.${fairness}`)}
        </Text>
      </Group>
    </>
  );
}
