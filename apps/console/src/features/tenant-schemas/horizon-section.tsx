import { Anchor, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { TenantSchema } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { newestFirst, verdictOf } from './horizon-words.ts';
import { NeedsLabel } from './schema-labels.tsx';

type Reach = TenantSchema['horizon']['versions'][number];

const tones = { noVersion: undefined, noOlder: undefined, unrecorded: 'warn', nowhere: 'warn', back: 'good' } as const;

/** How far back the tenant can go now without loss, and what will close the window. */
export function HorizonSection({ schema: { horizon, state } }: { schema: TenantSchema }) {
  const { t } = useTranslation();
  const { dateTime } = useFormat();
  const isRecorded = state !== null;
  const verdict = verdictOf(horizon, isRecorded);
  const versions = newestFirst(horizon.versions);
  const columns: DataColumn<Reach>[] = [
    {
      id: 'version',
      header: t('terms.version'),
      width: 160,
      cell: (row) => (
        <Anchor
          component={Link}
          to={`/services/${encodeURIComponent(horizon.serviceId)}/versions/${encodeURIComponent(row.version)}`}
          size="sm"
          className="mono"
        >
          {row.version}
        </Anchor>
      ),
    },
    {
      id: 'needs',
      header: t('schemas.needsTitle'),
      width: 190,
      cell: (row) => <NeedsLabel needs={row.needs} isRecorded={isRecorded} />,
    },
    {
      id: 'why',
      header: t('schemas.why'),
      isWrapping: true,
      cell: (row) => (
        <>
          {row.why}
          {row.backupId !== null && (
            <>
              {' '}
              <a className="plain-link" href={`#backup-${row.backupId}`}>
                {t('schemas.toBackup')}
              </a>
            </>
          )}
        </>
      ),
    },
  ];
  return (
    <Stack gap="xs">
      <Title order={2}>{t('schemas.horizon')}</Title>
      <div className="panel" data-tone={tones[verdict]}>
        <Text size="sm" fw={600} data-testid="horizon-verdict">
          {t(`schemas.horizonVerdict.${verdict}`, {
            current: horizon.currentVersion ?? '',
            oldest: horizon.oldestVersion ?? '',
          })}
        </Text>
        {verdict === 'unrecorded' && (
          <Text size="sm" mt={4}>
            {t('schemas.horizonUnrecorded')}
          </Text>
        )}
        {horizon.closes.length > 0 && (
          <>
            <Text size="sm" mt={4}>
              {t('schemas.closes')}
            </Text>
            <ul className="plain-list">
              {horizon.closes.map((one) => (
                <li key={`${one.kind} ${one.losesVersion} ${one.detail}`}>
                  <strong>{one.at === null ? t(`schemas.closedBy.${one.kind}`) : dateTime(one.at)}</strong>{' '}
                  {t('schemas.loses', { version: one.losesVersion })} <span className="dimmed">{one.detail}</span>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
      {versions.length > 0 && (
        <DataTable
          label={t('schemas.horizon')}
          columns={columns}
          rows={versions}
          rowKey={(row) => row.version}
          maxHeight={300}
        />
      )}
    </Stack>
  );
}
