import './data-sources.css';
import { Button, Group, Progress, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { rotateDataSourceKeys } from '../../api/generated/grey.ts';
import type { KeyRotation } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { Ago } from '../../parts/ago.tsx';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { StatusLabel } from '../../parts/status.tsx';
import { usePermission } from '../access/me.ts';
import { DatabasesTabs } from './databases-tabs.tsx';
import { type KeyStanding, standingOf } from './key-standing.ts';
import { isMasterKeyMissing, MasterKeyMissing, useKeyRotation } from './master-key-notice.tsx';

/** Whose data keys are wrapped by which master key, and the way to change over to another. */
export function MasterKeysPage() {
  const { t } = useTranslation();
  const mayRotate = usePermission('data_sources.rotate');
  const rotation = useKeyRotation();
  const isMissing = isMasterKeyMissing(rotation.error);
  return (
    <>
      <PageHeader title={t('nav.databases')} note={t('masterKeys.note')} />
      <DatabasesTabs />
      {!mayRotate && <Empty>{t('masterKeys.notYours')}</Empty>}
      {mayRotate && rotation.isPending && <Loading what={t('masterKeys.title')} />}
      {isMissing && <MasterKeyMissing />}
      {rotation.isError && !isMissing && <Failure error={rotation.error} onRetry={() => void rotation.refetch()} />}
      {rotation.data && (
        <Stack gap="md">
          <KeyTable rotation={rotation.data} />
          <Rotation rotation={rotation.data} />
          <Title order={2}>{t('masterKeys.how')}</Title>
          <ol className="key-steps">
            {(['add', 'first', 'rotate', 'remove'] as const).map((step) => (
              <li key={step}>{t(`masterKeys.steps.${step}`)}</li>
            ))}
          </ol>
        </Stack>
      )}
    </>
  );
}

const tones: Readonly<Record<KeyStanding, 'good' | 'warn' | 'bad' | 'note' | 'plain'>> = {
  writes: 'good',
  reads: 'warn',
  removable: 'note',
  lost: 'bad',
};

function KeyTable({ rotation }: { rotation: KeyRotation }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  type Key = KeyRotation['keys'][number];
  const columns: DataColumn<Key>[] = [
    { id: 'key', header: t('masterKeys.key'), cell: (row) => <span className="mono">{row.keyId}</span> },
    {
      id: 'standing',
      header: t('masterKeys.standing'),
      cell: (row) => (
        <StatusLabel tone={tones[standingOf(row)]}>{t(`masterKeys.standings.${standingOf(row)}`)}</StatusLabel>
      ),
    },
    { id: 'tenants', header: t('masterKeys.tenants'), isNumber: true, cell: (row) => number(row.tenantCount) },
    {
      id: 'means',
      header: t('masterKeys.means'),
      isWrapping: true,
      width: '50%',
      cell: (row) => t(`masterKeys.standingMeans.${standingOf(row)}`),
    },
  ];
  return (
    <DataTable
      label={t('masterKeys.title')}
      columns={columns}
      rows={rotation.keys}
      rowKey={(row) => row.keyId}
      maxHeight={320}
    />
  );
}

const stateTones = { idle: 'plain', running: 'note', done: 'good', failed: 'bad' } as const;

function Rotation({ rotation }: { rotation: KeyRotation }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const client = useQueryClient();
  const start = useMutation({
    mutationFn: () => rotateDataSourceKeys(),
    onSuccess: (begun) => client.setQueryData(['key-rotation'], begun),
  });
  const { state, doneCount, totalCount, startedAt, endedAt, error, activeKeyId } = rotation;
  const stale = rotation.keys.reduce((sum, key) => sum + (key.isActive ? 0 : key.tenantCount), 0);
  const share = totalCount === 0 ? 100 : (doneCount / totalCount) * 100;
  return (
    <section className="panel" aria-label={t('masterKeys.rotation')}>
      <Stack gap="xs">
        <Group justify="space-between" gap="sm">
          <Group gap="sm">
            <Title order={2}>{t('masterKeys.rotation')}</Title>
            <StatusLabel tone={stateTones[state]}>{t(`masterKeys.states.${state}`)}</StatusLabel>
          </Group>
          <Button
            variant={stale > 0 ? 'filled' : 'default'}
            loading={start.isPending}
            disabled={state === 'running'}
            onClick={() => start.mutate()}
          >
            {t('masterKeys.start', { key: activeKeyId })}
          </Button>
        </Group>
        <Text size="sm">{stale === 0 ? t('masterKeys.allFresh') : t('masterKeys.stale', { count: stale })}</Text>
        {state !== 'idle' && (
          <>
            <Progress
              value={share}
              size="sm"
              {...(state === 'failed' ? { color: 'red' } : {})}
              aria-label={t('masterKeys.rotation')}
            />
            <Text size="xs" c="dimmed">
              {t('masterKeys.progress', { done: number(doneCount), total: number(totalCount) })}
              {startedAt && (
                <>
                  {' · '}
                  {t('masterKeys.began')} <Ago iso={startedAt} />
                </>
              )}
              {endedAt && (
                <>
                  {' · '}
                  {t('masterKeys.ended')} <Ago iso={endedAt} />
                </>
              )}
            </Text>
          </>
        )}
        {error !== null && (
          <Text size="sm" c="var(--bad)" role="alert">
            {error}
          </Text>
        )}
        {start.isError && <Failure error={start.error} />}
      </Stack>
    </section>
  );
}
