import './migrations.css';
import { Button, Group, NativeSelect, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../../api/api-problem.ts';
import { getMigrationSet, listVersions } from '../../api/generated/grey.ts';
import type { DatabaseEngine, MigrationFile, MigrationSet } from '../../api/generated/model/index.ts';
import { BackLink } from '../../parts/back-link.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { usePermission } from '../access/me.ts';
import { engines } from '../data-sources/data-source-fields.ts';
import { FileList } from './file-list.tsx';
import { addFiles, filesOf, nextPath, type PickedFiles, pickFiles } from './pick-files.ts';
import { SaveSet } from './save-set.tsx';

/** Files become the migrations of a version: dropped or pasted, checked, then saved. */
export function UploadPage() {
  const { t } = useTranslation();
  const { serviceId } = useParams({ from: '/shell/services/$serviceId/migrations/upload' });
  const { version = '', engine = 'postgres' } = useSearch({ from: '/shell/services/$serviceId/migrations/upload' });
  const navigate = useNavigate({ from: '/services/$serviceId/migrations/upload' });
  const mayWrite = usePermission('migrations.write');
  const versions = useQuery({
    queryKey: ['versions', serviceId],
    queryFn: ({ signal }) => listVersions(serviceId, { signal }),
  });
  const current = useQuery({
    queryKey: ['migrations', serviceId, version, engine],
    queryFn: ({ signal }) => getMigrationSet(serviceId, version, { engine }, { signal }),
    enabled: version !== '',
    retry: (count, error) => !(error instanceof ApiProblem) && count < 2,
  });
  const isNone = current.error instanceof ApiProblem && current.error.code === 'MIGRATIONS_UNKNOWN';
  const usable = versions.data?.items.filter(({ status }) => status !== 'retired') ?? [];
  return (
    <>
      <PageHeader
        title={t('migrations.upload')}
        note={<span className="mono">{serviceId}</span>}
        before={
          <BackLink to={`/services/${encodeURIComponent(serviceId)}/migrations`}>
            {t('migrations.back', { service: serviceId })}
          </BackLink>
        }
      />
      {versions.isPending && <Loading what={t('services.versions')} />}
      {versions.isError && <Failure error={versions.error} onRetry={() => void versions.refetch()} />}
      {versions.isSuccess && !mayWrite && <Empty>{t('migrations.notYours')}</Empty>}
      {versions.isSuccess && mayWrite && usable.length === 0 && <Empty>{t('versions.noneYet')}</Empty>}
      {mayWrite && usable.length > 0 && (
        <Stack gap="md">
          <Group gap="sm" align="flex-end">
            <NativeSelect
              label={t('terms.version')}
              w={200}
              value={version}
              onChange={(event) => {
                const picked = event.currentTarget.value;
                void navigate({ search: { engine, ...(picked ? { version: picked } : {}) }, replace: true });
              }}
              data={[
                { value: '', label: t('migrations.chooseVersion') },
                ...usable.toReversed().map((one) => ({ value: one.version, label: one.version })),
              ]}
            />
            <NativeSelect
              label={t('dataSources.engine')}
              w={180}
              value={engine}
              onChange={(event) => {
                const picked = event.currentTarget.value as DatabaseEngine;
                void navigate({ search: { engine: picked, ...(version ? { version } : {}) }, replace: true });
              }}
              data={engines.map((value) => ({ value, label: t(`dataSources.engines.${value}`) }))}
            />
          </Group>
          {version === '' && <Empty>{t('migrations.chooseVersionFirst')}</Empty>}
          {current.isLoading && <Loading what={t('migrations.title')} />}
          {current.isError && !isNone && <Failure error={current.error} onRetry={() => void current.refetch()} />}
          {(current.isSuccess || isNone) && (
            <Workbench
              key={`${version} ${engine}`}
              serviceId={serviceId}
              version={version}
              engine={engine}
              current={current.data}
            />
          )}
        </Stack>
      )}
    </>
  );
}

interface WorkbenchProps {
  serviceId: string;
  version: string;
  engine: DatabaseEngine;
  /** What the version brings now; undefined: nothing yet. */
  current: MigrationSet | undefined;
}

function Workbench({ serviceId, version, engine, current }: WorkbenchProps) {
  const { t } = useTranslation();
  const [files, setFiles] = useState<readonly MigrationFile[]>([]);
  const [leftOut, setLeftOut] = useState<PickedFiles | null>(null);
  const [schemaVersion, setSchemaVersion] = useState('');
  // The set that the files were begun over: a later one is somebody else's.
  const [seen] = useState(current);
  const add = (dropped: MigrationFile[]) => {
    const picked = pickFiles(dropped, version);
    setLeftOut(picked);
    setFiles(addFiles(files, picked.files));
  };
  const isNumber = /^\d*$/.test(schemaVersion.trim());
  return (
    <Stack gap="md">
      {seen && files.length === 0 && (
        <Group className="panel" data-tone="note" justify="space-between" gap="sm">
          <Text size="sm">
            {t('migrations.bringsAlready', { version, count: seen.migrationCount, schema: seen.schemaVersion })}
          </Text>
          <Button variant="default" onClick={() => setFiles(filesOf(seen.migrations))}>
            {t('migrations.beginWithThem')}
          </Button>
        </Group>
      )}
      <Title order={2}>{t('migrations.files')}</Title>
      <FileList
        files={files}
        onChange={setFiles}
        onAdd={add}
        onPaste={() => setFiles([...files, { path: nextPath(files), text: '' }])}
      />
      {leftOut && <LeftOut picked={leftOut} />}
      <TextInput
        label={t('migrations.schemaVersion')}
        description={t('migrations.schemaVersionRule')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        w={320}
        inputMode="numeric"
        value={schemaVersion}
        error={isNumber ? undefined : t('form.wholeNumber')}
        placeholder={seen ? String(seen.schemaVersion) : ''}
        onChange={(event) => setSchemaVersion(event.currentTarget.value)}
      />
      <SaveSet
        serviceId={serviceId}
        version={version}
        upload={{
          engine,
          files: [...files],
          ...(schemaVersion.trim() && isNumber ? { schemaVersion: Number(schemaVersion) } : {}),
        }}
        seen={seen}
        isReady={files.length > 0 && isNumber}
      />
    </Stack>
  );
}

/** What of a dropped folder was not taken, and why. */
function LeftOut({ picked }: { picked: PickedFiles }) {
  const { t } = useTranslation();
  const words = [
    picked.otherVersionCount > 0 && t('migrations.leftOut.otherVersion', { count: picked.otherVersionCount }),
    picked.noSqlCount > 0 && t('migrations.leftOut.noSql', { count: picked.noSqlCount }),
    picked.tooLargeCount > 0 && t('migrations.leftOut.tooLarge', { count: picked.tooLargeCount }),
  ].filter((text) => typeof text === 'string');
  if (words.length === 0) return null;
  return (
    <Text size="sm" c="dimmed" role="status">
      {words.join(' ')}
    </Text>
  );
}
