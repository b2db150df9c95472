import { Group, NativeSelect, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createExperiment, updateExperiment } from '../../api/generated/grey.ts';
import type { Experiment, GuardOverride, Version } from '../../api/generated/model/index.ts';
import { useIdempotencyKey } from '../../api/use-idempotency-key.ts';
import { useFormat } from '../../i18n/format.ts';
import { CelField, celTextOf, readCel } from '../../parts/cel-field.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { FormFooter } from '../../parts/form-footer.tsx';
import { useWatchedChange } from '../routers/use-watched-change.ts';
import { UnitPicker } from '../rules/unit-picker.tsx';
import { checkFields, type ExperimentFields, fieldsOf, freeOfGroup, toCreate, toUpdate } from './experiment-fields.ts';
import { VariantFieldList } from './variant-fields.tsx';

interface ExperimentFormProps {
  serviceId: string;
  experiment?: Experiment;
  experiments: readonly Experiment[];
  versions: readonly Version[];
  onClose: () => void;
}

/** Creates an experiment, stopped at first, or edits one; unit and hashing stay once it exists. */
export function ExperimentForm({ serviceId, experiment, experiments, versions, onClose }: ExperimentFormProps) {
  const { t } = useTranslation();
  const { share } = useFormat();
  const keyFor = useIdempotencyKey();
  const [fields, setFields] = useState(() =>
    fieldsOf(
      experiment,
      celTextOf(experiment?.when),
      versions.filter(({ status }) => status !== 'retired').map(({ version }) => version),
    ),
  );
  const [isChecked, setChecked] = useState(false);
  const set = (part: Partial<ExperimentFields>) => setFields({ ...fields, ...part });
  const free = freeOfGroup(experiments, fields.groupName.trim(), fields.id);
  const found = checkFields(fields, free);
  const faults = isChecked ? found : {};
  const fault = (path: string) => faults[path] && t(`experiments.fault.${faults[path]}`);
  const change = useWatchedChange([['experiments', serviceId]], onClose);
  const save = (override?: GuardOverride) => {
    setChecked(true);
    const read = readCel(fields.when);
    if (Object.keys(found).length > 0 || read.fault) return;
    const done = t('experiments.saved', { id: fields.id });
    if (experiment) {
      const body = { ...toUpdate(fields, read.condition), ...(override ? { override } : {}) };
      const headers = { 'if-match': experiment.etag };
      change.mutate({
        call: (params, init) => updateExperiment(serviceId, experiment.id, body, params, init),
        headers,
        done,
      });
    } else {
      const body = { ...toCreate(fields, read.condition), ...(override ? { override } : {}) };
      const headers = { 'idempotency-key': keyFor(body) };
      change.mutate({ call: (params, init) => createExperiment(serviceId, body, params, init), headers, done });
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save();
  };
  const text = (name: 'id' | 'name' | 'startAt' | 'endAt' | 'groupName' | 'reason') => ({
    value: fields[name],
    error: fault(name),
    onChange: (event: { currentTarget: { value: string } }) => set({ [name]: event.currentTarget.value }),
  });
  return (
    <Dialog
      onClose={onClose}
      size={620}
      closesOnClickOutside={false}
      title={experiment ? t('experiments.editOf', { id: experiment.id }) : t('experiments.create')}
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          {!experiment && (
            <TextInput
              label={t('experiments.id')}
              description={t('experiments.idRule')}
              data-autofocus
              {...text('id')}
            />
          )}
          <TextInput label={t('experiments.name')} maxLength={120} {...text('name')} />
          <Group gap="sm" align="flex-start">
            <UnitPicker
              label={t('experiments.unit')}
              value={fields.unit}
              error={fault('unit')}
              isReadOnly={experiment !== undefined}
              onChange={(unit) => set({ unit })}
            />
            <NativeSelect
              label={t('experiments.missing')}
              value={fields.whenMissing}
              disabled={experiment !== undefined}
              data={(['skip', 'tenant'] as const).map((value) => ({
                value,
                label: t(`experiments.whenMissing.${value}`),
              }))}
              onChange={(event) => set({ whenMissing: event.currentTarget.value as 'skip' })}
            />
            <NativeSelect
              label={t('experiments.hashing')}
              value={fields.hashing}
              error={fault('hashing')}
              disabled={experiment !== undefined}
              data={(['murmur3', 'md5_java'] as const).map((value) => ({
                value,
                label: t(`experiments.hashingName.${value}`),
              }))}
              onChange={(event) => set({ hashing: event.currentTarget.value as 'murmur3' })}
            />
          </Group>
          {experiment && (
            <Text size="xs" c="dimmed">
              {t('experiments.unitStays')}
            </Text>
          )}
          <VariantFieldList
            variants={fields.variants}
            versions={versions}
            faults={faults}
            onChange={(variants) => set({ variants })}
          />
          <CelField
            label={t('experiments.when')}
            description={t('experiments.whenMeans')}
            value={fields.when}
            onChange={(when) => set({ when })}
          />
          <Group grow align="flex-start">
            <TextInput label={t('experiments.startAt')} type="datetime-local" {...text('startAt')} />
            <TextInput label={t('experiments.endAt')} type="datetime-local" {...text('endAt')} />
          </Group>
          <Group grow align="flex-start">
            <TextInput
              label={t('experiments.group')}
              description={t('experiments.groupMeans')}
              {...text('groupName')}
            />
            <NumberInput
              label={t('experiments.groupShare')}
              description={t('experiments.groupFree', { share: share(Math.max(0, free)) })}
              min={0}
              max={100}
              decimalScale={2}
              suffix=" %"
              disabled={fields.groupName.trim() === ''}
              value={fields.groupShare / 100}
              error={fault('groupShare')}
              onChange={(value) => set({ groupShare: Math.round((Number(value) || 0) * 100) })}
            />
          </Group>
          <TextInput label={t('confirm.reason')} maxLength={500} {...text('reason')} />
          <FormFooter
            error={change.error}
            onOverride={save}
            action={experiment ? t('action.save') : t('experiments.create')}
            isBusy={change.isPending}
            onCancel={onClose}
          />
        </Stack>
      </form>
    </Dialog>
  );
}
