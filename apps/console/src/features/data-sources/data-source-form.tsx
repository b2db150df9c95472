import { Button, Group, NativeSelect, PasswordInput, Stack, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../../api/api-problem.ts';
import { createDataSource, testDataSource, testNewDataSource, updateDataSource } from '../../api/generated/grey.ts';
import type { DatabaseEngine, DataSource, TlsMode } from '../../api/generated/model/index.ts';
import { ServiceField, TenantField } from '../../parts/find-field.tsx';
import { FormFooter } from '../../parts/form-footer.tsx';
import { SidePanel } from '../../parts/side-panel.tsx';
import { Failure } from '../../parts/states.tsx';
import { ConnectionVerdict } from './connection-verdict.tsx';
import {
  addressText,
  checkFields,
  type DataSourceFields,
  engines,
  type FieldName,
  fieldAt,
  fieldsOf,
  isAsSaved,
  needsCredentials,
  tlsModes,
  toCreate,
  toTest,
  toUpdate,
  type Whose,
  withEngine,
} from './data-source-fields.ts';
import { isMasterKeyMissing, MasterKeyMissing } from './master-key-notice.tsx';

interface DataSourceFormProps {
  source?: DataSource | undefined;
  /** Whose data, as far as it is known, for a new one. */
  whose?: Whose;
  onClose: () => void;
}

/** Adds a data source, or changes one. Its credentials go in and never come out. */
export function DataSourceForm({ source, whose, onClose }: DataSourceFormProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [fields, setFields] = useState(() => fieldsOf(source, whose));
  const [isChecked, setChecked] = useState(false);
  const save = useMutation({
    mutationFn: () =>
      source
        ? updateDataSource(source.id, toUpdate(fields, source), { headers: { 'if-match': source.etag } })
        : createDataSource(toCreate(fields)),
    onSuccess: async (saved) => {
      await Promise.all(
        [['data-sources'], ['tenant-schemas'], ['tenant-schema']].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      );
      notifications.show({ message: t('dataSources.saved', { address: addressText(saved) }) });
      onClose();
      if (!source) await navigate({ to: '/databases/$dataSourceId', params: { dataSourceId: saved.id } });
    },
  });
  const asSaved = isAsSaved(fields, source);
  const test = useMutation({
    mutationFn: () => (source && asSaved ? testDataSource(source.id) : testNewDataSource(toTest(fields))),
  });
  const set = (part: Partial<DataSourceFields>) => {
    setFields({ ...fields, ...part });
    // What was found out of another address says nothing of this one.
    test.reset();
  };
  const found = checkFields(fields, source);
  const isWhole = Object.keys(found).length === 0;
  const refusals = [save.error, test.error].flatMap((error) =>
    error instanceof ApiProblem ? (error.problem.errors ?? []) : [],
  );
  const fault = (name: FieldName) => {
    const own = isChecked ? found[name] : undefined;
    return own ? t(`dataSources.fault.${own}`) : refusals.find(({ path }) => fieldAt(path) === name)?.message;
  };
  const isToldAtFields = refusals.length > 0 && refusals.every(({ path }) => fieldAt(path) !== undefined);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (isWhole) save.mutate();
  };
  const tryIt = () => {
    setChecked(true);
    if (isWhole) test.mutate();
  };
  const text = (name: FieldName) => ({
    value: fields[name],
    error: fault(name),
    onChange: (event: { currentTarget: { value: string } }) => set({ [name]: event.currentTarget.value }),
  });
  const mustGive = needsCredentials(fields, source);
  // Kept credentials cannot be read back, so what is not saved is tried with those that are given.
  const canTry = asSaved || fields.password !== '' || !source;
  return (
    <SidePanel
      title={source ? t('dataSources.editOf', { address: addressText(source) }) : t('dataSources.create')}
      onClose={onClose}
    >
      <form onSubmit={submit} noValidate autoComplete="off">
        <Stack gap="sm">
          <Group gap="sm" align="flex-start" grow>
            <TenantField
              value={fields.tenantId}
              error={fault('tenantId')}
              isFixed={source !== undefined}
              hasAutofocus={!source}
              onChange={(tenantId) => set({ tenantId })}
            />
            <ServiceField
              value={fields.serviceId}
              error={fault('serviceId')}
              isFixed={source !== undefined}
              onChange={(serviceId) => set({ serviceId })}
            />
          </Group>
          <Group gap="sm" align="flex-start" wrap="nowrap">
            <NativeSelect
              w={170}
              label={t('dataSources.engine')}
              value={fields.engine}
              disabled={source !== undefined}
              onChange={(event) => set(withEngine(fields, event.currentTarget.value as DatabaseEngine))}
              data={engines.map((value) => ({ value, label: t(`dataSources.engines.${value}`) }))}
            />
            <TextInput
              flex={1}
              label={t('dataSources.host')}
              maxLength={253}
              spellCheck={false}
              {...(source ? { 'data-autofocus': true } : {})}
              {...text('host')}
            />
            <TextInput w={90} label={t('dataSources.port')} inputMode="numeric" maxLength={5} {...text('port')} />
          </Group>
          <Group gap="sm" align="flex-start" grow>
            <TextInput label={t('dataSources.database')} maxLength={64} spellCheck={false} {...text('database')} />
            <TextInput
              label={t('dataSources.schema')}
              description={t(fields.engine === 'mysql' ? 'dataSources.schemaOfMysql' : 'dataSources.schemaRule')}
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              maxLength={64}
              spellCheck={false}
              disabled={fields.engine === 'mysql'}
              {...text('schema')}
            />
          </Group>
          <NativeSelect
            label={t('dataSources.tlsTitle')}
            description={t(`dataSources.tlsMeans.${fields.tls}`)}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            value={fields.tls}
            onChange={(event) => set({ tls: event.currentTarget.value as TlsMode })}
            data={tlsModes.map((value) => ({ value, label: t(`dataSources.tls.${value}`) }))}
          />
          <Group gap="sm" align="flex-start" grow>
            <TextInput
              label={t('dataSources.user')}
              maxLength={128}
              autoComplete="off"
              spellCheck={false}
              placeholder={mustGive ? '' : t('dataSources.asItIs')}
              {...text('user')}
            />
            <PasswordInput
              label={t('dataSources.password')}
              maxLength={1000}
              autoComplete="new-password"
              placeholder={mustGive ? '' : t('dataSources.asItIs')}
              visibilityToggleButtonProps={{ 'aria-label': t('channels.showSecret') }}
              {...text('password')}
            />
          </Group>
          {source && (
            <span className="dimmed data-source-kept">
              {source.credentials === null
                ? t('dataSources.noneKept')
                : t('dataSources.kept', { fingerprint: source.credentials.slice(0, 12) })}
            </span>
          )}
          <TextInput
            label={t('confirm.reason')}
            maxLength={500}
            value={fields.reason}
            onChange={(event) => set({ reason: event.currentTarget.value })}
          />
          {test.data && <ConnectionVerdict test={test.data} />}
          {test.isError && !isToldAtFields && <Failure error={test.error} />}
          {isMasterKeyMissing(save.error) && <MasterKeyMissing />}
          <FormFooter
            error={isToldAtFields || isMasterKeyMissing(save.error) ? null : save.error}
            action={source ? t('action.save') : t('dataSources.create')}
            isBusy={save.isPending}
            onCancel={onClose}
          >
            <Button
              variant="default"
              disabled={!canTry}
              title={canTry ? undefined : t('dataSources.testNeeds')}
              loading={test.isPending}
              onClick={tryIt}
            >
              {t('dataSources.test')}
            </Button>
          </FormFooter>
        </Stack>
      </form>
    </SidePanel>
  );
}
