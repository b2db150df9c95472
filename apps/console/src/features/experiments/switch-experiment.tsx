import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { updateExperiment } from '../../api/generated/grey.ts';
import type { Experiment, GuardOverride } from '../../api/generated/model/index.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Failure } from '../../parts/states.tsx';
import { useWatchedChange } from '../routers/use-watched-change.ts';
import { VariantBar } from './variant-bar.tsx';

/** Starts or stops an experiment, after saying what that does. */
export function SwitchExperiment({ experiment, onClose }: { experiment: Experiment; onClose: () => void }) {
  const { t } = useTranslation();
  const { serviceId, id, etag, isRunning } = experiment;
  const [reason, setReason] = useState('');
  const change = useWatchedChange([['experiments', serviceId]], onClose);
  const action = isRunning ? 'stop' : 'start';
  const go = (override?: GuardOverride) =>
    change.mutate({
      call: (params, init) =>
        updateExperiment(
          serviceId,
          id,
          {
            isRunning: !isRunning,
            ...(reason.trim() ? { reason: reason.trim() } : {}),
            ...(override ? { override } : {}),
          },
          params,
          init,
        ),
      headers: { 'if-match': etag },
      done: t(`experiments.${action}Done`, { id }),
    });
  return (
    <Dialog onClose={onClose} title={t(`experiments.${action}Of`, { id })}>
      <Stack gap="sm">
        <Text size="sm">{t(`experiments.${action}Means`)}</Text>
        <VariantBar variants={experiment.variants} />
        <TextInput
          label={t('confirm.reason')}
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {change.isError && <Failure error={change.error} onOverride={go} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button loading={change.isPending} onClick={() => go()}>
            {t(`experiments.${action}`)}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
