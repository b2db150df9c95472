import { Anchor, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../../api/api-problem.ts';
import { untilConverged, watchConvergence } from '../../api/convergence.ts';
import { updateVersion } from '../../api/generated/grey.ts';
import type { Version, VersionStatus } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Empty, Failure } from '../../parts/states.tsx';
import { VersionStatusLabel } from '../../parts/status.tsx';
import { HeldMark } from '../holds/held-mark.tsx';
import { useEffectiveWords } from '../routers/effective-words.ts';
import { rangeText } from './range-text.ts';
import { wordReference } from './word-reference.ts';

type Step = { version: Version; status: VersionStatus };
/** What can follow: a retired version may come back as deprecated. */
const nextStatuses: Record<VersionStatus, readonly VersionStatus[]> = {
  active: ['deprecated', 'retired'],
  deprecated: ['active', 'retired'],
  retired: ['deprecated'],
};

export function VersionList({ versions, mayWrite }: { versions: readonly Version[]; mayWrite: boolean }) {
  const { t } = useTranslation();
  const { number, date } = useFormat();
  const [step, setStep] = useState<Step | null>(null);
  if (versions.length === 0) return <Empty>{t('versions.noneYet')}</Empty>;
  const columns: DataColumn<Version>[] = [
    {
      id: 'version',
      header: t('terms.version'),
      cell: (row) => (
        <span className="nowrap">
          <Anchor
            component={Link}
            to={`/services/${encodeURIComponent(row.serviceId)}/versions/${encodeURIComponent(row.version)}`}
            className="mono"
            size="sm"
            title={t('versions.open')}
          >
            {row.version}
          </Anchor>{' '}
          <HeldMark serviceId={row.serviceId} version={row.version} />
        </span>
      ),
    },
    { id: 'status', header: t('versions.status'), cell: (row) => <VersionStatusLabel status={row.status} /> },
    { id: 'ordinal', header: t('versions.ordinal'), cell: (row) => number(row.ordinal), isNumber: true },
    {
      id: 'schema',
      header: t('versions.schema'),
      cell: (row) => rangeText(row) ?? t('versions.anySchema'),
    },
    {
      id: 'eol',
      header: t('versions.endOfLife'),
      cell: (row) => (row.endOfLifeAt ? date(row.endOfLifeAt) : t('state.none')),
    },
    { id: 'assigned', header: t('versions.assignments'), cell: (row) => number(row.assignmentCount), isNumber: true },
    { id: 'instances', header: t('services.liveInstances'), cell: (row) => number(row.instanceCount), isNumber: true },
    ...(mayWrite
      ? [
          {
            id: 'actions',
            header: t('action.title'),
            cell: (row: Version) => (
              <Group gap={4} wrap="nowrap">
                {nextStatuses[row.status].map((status) => (
                  <Button
                    key={status}
                    variant="default"
                    size="compact-xs"
                    aria-label={t('versions.toOf', { action: t(`versions.to.${status}`), version: row.version })}
                    onClick={() => setStep({ version: row, status })}
                  >
                    {t(`versions.to.${status}`)}
                  </Button>
                ))}
              </Group>
            ),
          },
        ]
      : []),
  ];
  return (
    <>
      <DataTable
        label={t('services.versions')}
        columns={columns}
        rows={versions}
        rowKey={(row) => row.version}
        maxHeight={300}
      />
      {step && <StatusStep step={step} onClose={() => setStep(null)} />}
    </>
  );
}

function StatusStep({ step: { version, status }, onClose }: { step: Step; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const wordEffective = useEffectiveWords();
  const [reason, setReason] = useState('');
  const change = useMutation({
    mutationFn: () =>
      watchConvergence((onConvergence) =>
        updateVersion(
          version.serviceId,
          version.version,
          { status, ...(reason.trim() ? { reason: reason.trim() } : {}) },
          untilConverged,
          { headers: { 'if-match': version.etag }, onConvergence },
        ),
      ),
    onSuccess: async ({ convergence }) => {
      await Promise.all(
        [['versions', version.serviceId], ['tenant-services']].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      );
      notifications.show({
        title: t('versions.changed', { version: version.version, status: t(`versionStatus.${status}`) }),
        message: wordEffective(convergence),
      });
      onClose();
    },
  });
  // Whoever brings back what was given up says why.
  const isRevival = version.status === 'retired';
  const references = change.error instanceof ApiProblem ? (change.error.problem.references ?? []) : [];
  return (
    <Dialog
      onClose={onClose}
      title={t('versions.toOf', { action: t(`versions.to.${status}`), version: version.version })}
    >
      <Stack gap="sm">
        <Text size="sm">{t(`versions.toMeans.${status}`)}</Text>
        <TextInput
          label={t('confirm.reason')}
          required={isRevival}
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {change.isError && <Failure error={change.error} />}
        {references.length > 0 && (
          <Stack gap={4}>
            <Text size="sm" fw={600}>
              {t('versions.references', { count: references.length })}
            </Text>
            <ul className="mono" style={{ margin: 0, maxHeight: 180, overflow: 'auto', fontSize: 12 }} tabIndex={-1}>
              {references.map((reference) => (
                <li key={JSON.stringify(reference)}>{wordReference(reference)}</li>
              ))}
            </ul>
          </Stack>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button
            loading={change.isPending}
            disabled={isRevival && reason.trim() === ''}
            onClick={() => change.mutate()}
          >
            {t(`versions.to.${status}`)}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
