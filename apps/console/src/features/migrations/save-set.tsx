import { Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../../api/api-problem.ts';
import { checkMigrations, getMigrationSet, putMigrationSet } from '../../api/generated/grey.ts';
import type { MigrationCheck, MigrationSet, PutMigrations } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { Failure } from '../../parts/states.tsx';
import { countRulings, findingsElsewhere, worstFirst } from './annotate-sql.ts';
import { FindingList } from './finding-note.tsx';
import { MigrationList } from './migration-view.tsx';
import { VerdictLabel } from './set-labels.tsx';

type Upload = Pick<PutMigrations, 'engine' | 'files' | 'schemaVersion'>;
/** The tag of a set that is not there: it must still not be there when this one is saved. */
const noSet = '"0"';

interface SaveSetProps {
  serviceId: string;
  version: string;
  upload: Upload;
  /** The set that was there when the files were begun. */
  seen: MigrationSet | undefined;
  isReady: boolean;
}

/** Check first, then save: what is saved is what was checked, over what was seen. */
export function SaveSet({ serviceId, version, upload, seen, isReady }: SaveSetProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [reason, setReason] = useState('');
  const [checked, setChecked] = useState<{ upload: string; check: MigrationCheck } | null>(null);
  const text = JSON.stringify(upload);
  const check = useMutation({
    mutationFn: () => checkMigrations(serviceId, { ...upload, version }),
    onSuccess: (answer) => setChecked({ upload: text, check: answer }),
  });
  const save = useMutation({
    mutationFn: (etag: string) =>
      putMigrationSet(
        serviceId,
        version,
        { ...upload, ...(reason.trim() ? { reason: reason.trim() } : {}) },
        { headers: { 'if-match': etag } },
      ),
    onSuccess: async (saved) => {
      client.setQueryData(['migrations', serviceId, version, upload.engine], saved);
      await Promise.all([
        client.invalidateQueries({ queryKey: ['migrations', serviceId], exact: true }),
        client.invalidateQueries({ queryKey: ['versions', serviceId] }),
      ]);
      notifications.show({
        message: t('migrations.saved', { version, count: saved.migrationCount, schema: saved.schemaVersion }),
      });
      await navigate({
        to: '/services/$serviceId/versions/$version/migrations',
        params: { serviceId, version },
        search: { engine: upload.engine },
      });
    },
    // The policy, or what tenants have, changed since the check.
    onError: (error) => {
      if (error instanceof ApiProblem && error.problem.findings) check.mutate();
    },
  });
  const isFresh = checked?.upload === text;
  const isConflict = save.error instanceof ApiProblem && save.error.code === 'PRECONDITION_FAILED';
  return (
    <Stack gap="sm">
      <Group gap="xs" align="flex-end">
        <Button
          variant={isFresh ? 'default' : 'filled'}
          disabled={!isReady}
          loading={check.isPending}
          onClick={() => check.mutate()}
        >
          {t('migrations.check')}
        </Button>
        <TextInput
          flex={1}
          miw={200}
          label={t('confirm.reason')}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Button
          disabled={!isFresh || !checked.check.isAllowed || isConflict}
          loading={save.isPending}
          onClick={() => save.mutate(seen?.etag ?? noSet)}
        >
          {t('migrations.save', { version })}
        </Button>
      </Group>
      {!isFresh && (
        <Text size="xs" c="dimmed">
          {checked ? t('migrations.checkAgain') : t('migrations.checkFirst')}
        </Text>
      )}
      {check.isError && <Failure error={check.error} />}
      {save.isError && !isConflict && <Failure error={save.error} />}
      {isConflict && (
        <Conflict
          serviceId={serviceId}
          version={version}
          engine={upload.engine}
          isBusy={save.isPending}
          onReplace={(etag) => save.mutate(etag)}
        />
      )}
      {checked && <CheckView check={checked.check} engine={upload.engine} isFresh={isFresh} />}
    </Stack>
  );
}

interface ConflictProps {
  serviceId: string;
  version: string;
  engine: PutMigrations['engine'];
  isBusy: boolean;
  onReplace: (etag: string) => void;
}

/** Somebody else saved in between: look at theirs, then decide. */
function Conflict({ serviceId, version, engine, isBusy, onReplace }: ConflictProps) {
  const { t } = useTranslation();
  const { dateTime } = useFormat();
  const theirs = useMutation({ mutationFn: () => getMigrationSet(serviceId, version, { engine }) });
  const isGone = theirs.error instanceof ApiProblem && theirs.error.code === 'MIGRATIONS_UNKNOWN';
  return (
    <Stack gap="xs" className="panel" data-tone="warn" role="alert">
      <Text size="sm" fw={600}>
        {t('migrations.conflict', { version })}
      </Text>
      <Text size="sm">{t('migrations.conflictMeans')}</Text>
      {theirs.data && (
        <>
          <Text size="sm">
            {t('migrations.theirs', { when: dateTime(theirs.data.updatedAt), count: theirs.data.migrationCount })}
          </Text>
          <MigrationList {...theirs.data} findings={[]} />
        </>
      )}
      {isGone && <Text size="sm">{t('migrations.theirsGone')}</Text>}
      {theirs.isError && !isGone && <Failure error={theirs.error} />}
      <Group gap="xs">
        <Button variant="default" loading={theirs.isPending} onClick={() => theirs.mutate()}>
          {t('migrations.showTheirs')}
        </Button>
        {(theirs.data || isGone) && (
          <Button color="red" loading={isBusy} onClick={() => onReplace(theirs.data?.etag ?? noSet)}>
            {t('migrations.replaceTheirs')}
          </Button>
        )}
      </Group>
    </Stack>
  );
}

interface CheckViewProps {
  check: MigrationCheck;
  engine: Upload['engine'];
  isFresh: boolean;
}

function CheckView({ check, engine, isFresh }: CheckViewProps) {
  const { t } = useTranslation();
  const elsewhere = worstFirst(findingsElsewhere(check.findings, check.migrations));
  return (
    <Stack gap="sm" style={isFresh ? {} : { opacity: 0.6 }} data-testid="migration-check">
      <Group gap="sm">
        <Title order={2}>{t('migrations.outcome')}</Title>
        <VerdictLabel {...countRulings(check.findings)} />
      </Group>
      <div className="panel" data-tone={check.isAllowed ? 'good' : 'bad'} role="status">
        <Text size="sm" fw={600}>
          {check.isAllowed ? t('migrations.allowed') : t('migrations.refused')}
        </Text>
        <Text size="sm">
          {check.isAllowed
            ? t('migrations.becomes', { count: check.migrations.length, schema: check.schemaVersion })
            : t('migrations.refusedMeans')}
        </Text>
      </div>
      {elsewhere.length > 0 && <FindingList findings={elsewhere} />}
      <MigrationList engine={engine} migrations={check.migrations} findings={check.findings} />
    </Stack>
  );
}
