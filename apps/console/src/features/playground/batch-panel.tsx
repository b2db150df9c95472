import type { DecisionRequest, SnapshotSource } from '@grey/route-core';
import { Button, Group, NumberInput, Stack, Text, Textarea, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { StatusLabel } from '../../parts/status.tsx';
import { BatchResultView } from './batch-result.tsx';
import { makeUsers, readUsers, userLimit } from './batch-users.ts';
import { useBatch } from './use-batch.ts';

interface BatchPanelProps {
  live: SnapshotSource;
  draft: SnapshotSource | undefined;
  request: DecisionRequest;
  at: number | undefined;
}

/** The same request for many users: how they are spread by the live rules, and by the draft. */
export function BatchPanel({ live, draft, request, at }: BatchPanelProps) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const batch = useBatch();
  const [count, setCount] = useState(10_000);
  const [pasted, setPasted] = useState('');
  const own = readUsers(pasted);
  const userCount = own.length > 0 ? own.length : makeUsers(count).length;
  const run = () =>
    batch.run({
      live,
      ...(draft ? { draft } : {}),
      tenantId: request.tenantId,
      serviceName: request.serviceName,
      metadata: request.metadata ?? {},
      at: at ?? Date.now(),
      users: own.length > 0 ? own : makeUsers(count),
    });
  return (
    <section className="panel" aria-labelledby="batch-title">
      <Stack gap="xs">
        <Title order={2} id="batch-title">
          {t('playground.batch')}
        </Title>
        <Text size="sm" c="dimmed">
          {t('playground.batchMeans')}
        </Text>
        <Group gap="sm" align="flex-start">
          <NumberInput
            label={t('playground.generate')}
            w={150}
            min={1}
            max={userLimit}
            step={1000}
            thousandSeparator=" "
            value={count}
            onChange={(value) => setCount(Number(value) || 0)}
            disabled={own.length > 0}
          />
          <Textarea
            label={t('playground.paste')}
            flex={1}
            miw={220}
            autosize
            minRows={1}
            maxRows={6}
            classNames={{ input: 'mono' }}
            value={pasted}
            onChange={(event) => setPasted(event.currentTarget.value)}
          />
        </Group>
        <Group gap="sm">
          <Button onClick={run} loading={batch.isRunning} disabled={userCount === 0}>
            {t('playground.decideFor', { users: number(userCount) })}
          </Button>
          {batch.isRunning && (
            <Button variant="default" onClick={batch.stop}>
              {t('action.cancel')}
            </Button>
          )}
          {batch.fault !== undefined && <StatusLabel tone="bad">{batch.fault}</StatusLabel>}
        </Group>
        {batch.result && <BatchResultView result={batch.result} />}
      </Stack>
    </section>
  );
}
