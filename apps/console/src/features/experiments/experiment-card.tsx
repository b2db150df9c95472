import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Experiment, ExperimentState } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { CelText } from '../../parts/cel-text.tsx';
import { StatusLabel } from '../../parts/status.tsx';
import { useUnitWords } from '../rules/unit-words.ts';
import { DeleteExperiment } from './delete-experiment.tsx';
import { ExperimentCountList } from './experiment-count-list.tsx';
import { SwitchExperiment } from './switch-experiment.tsx';
import { VariantBar } from './variant-bar.tsx';

const tones = { running: 'good', scheduled: 'note', stopped: 'plain', ended: 'plain' } as const satisfies Record<
  ExperimentState,
  string
>;

interface ExperimentCardProps {
  experiment: Experiment;
  mayPublish: boolean;
  onEdit: () => void;
}

export function ExperimentCard({ experiment, mayPublish, onEdit }: ExperimentCardProps) {
  const { t } = useTranslation();
  const { share, dateTime } = useFormat();
  const wordUnit = useUnitWords();
  const [dialog, setDialog] = useState<'switch' | 'delete' | null>(null);
  const { id, name, state, group, when, startAt, endAt, salt, hashing, whenMissing } = experiment;
  const titleId = `experiment-${id}`;
  return (
    <section className="panel" aria-labelledby={titleId} data-experiment={id}>
      <Stack gap="xs">
        <Group justify="space-between" align="baseline">
          <Group gap="sm" align="baseline">
            <Title order={2} id={titleId}>
              {name}
            </Title>
            <span className="mono">{id}</span>
            <StatusLabel tone={tones[state]}>{t(`experiments.state.${state}`)}</StatusLabel>
          </Group>
          {mayPublish && (
            <Group gap={4}>
              <Button variant="default" size="compact-xs" onClick={() => setDialog('switch')}>
                {t(experiment.isRunning ? 'experiments.stop' : 'experiments.start')}
              </Button>
              <Button variant="default" size="compact-xs" onClick={onEdit}>
                {t('action.edit')}
              </Button>
              <Button variant="default" size="compact-xs" onClick={() => setDialog('delete')}>
                {t('action.delete')}
              </Button>
            </Group>
          )}
        </Group>
        <VariantBar variants={experiment.variants} />
        <dl className="facts">
          <dt>{t('experiments.unit')}</dt>
          <dd>
            {t('experiments.countedOf', {
              unit: wordUnit(experiment.unit),
              missing: t(`experiments.whenMissing.${whenMissing}`),
            })}
          </dd>
          {(startAt || endAt) && (
            <>
              <dt>{t('experiments.time')}</dt>
              <dd>{`${startAt ? dateTime(startAt) : '…'} – ${endAt ? dateTime(endAt) : '…'}`}</dd>
            </>
          )}
          {group && (
            <>
              <dt>{t('experiments.group')}</dt>
              <dd>{t('experiments.groupShareOf', { name: group.name, share: share(group.share) })}</dd>
            </>
          )}
          {when && (
            <>
              <dt>{t('experiments.when')}</dt>
              <dd>
                <CelText condition={when} />
              </dd>
            </>
          )}
          <dt>{t('experiments.salt')}</dt>
          <dd className="mono">{salt}</dd>
          {hashing === 'md5_java' && (
            <>
              <dt>{t('experiments.hashing')}</dt>
              <dd>{t('experiments.hashingName.md5_java')}</dd>
            </>
          )}
        </dl>
        <Text size="sm" fw={600}>
          {t('experiments.counts')}
        </Text>
        <ExperimentCountList experiment={experiment} />
      </Stack>
      {dialog === 'switch' && <SwitchExperiment experiment={experiment} onClose={() => setDialog(null)} />}
      {dialog === 'delete' && <DeleteExperiment experiment={experiment} onClose={() => setDialog(null)} />}
    </section>
  );
}
