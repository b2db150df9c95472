import { Checkbox, Group, NativeSelect, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createFreeze, listServices, updateFreeze } from '../../api/generated/grey.ts';
import type { Freeze } from '../../api/generated/model/index.ts';
import { useIdempotencyKey } from '../../api/use-idempotency-key.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { FormFooter } from '../../parts/form-footer.tsx';
import { useWatchedChange } from '../routers/use-watched-change.ts';
import { checkFields, type FreezeFields, fieldsOf, toCreate } from './freeze-fields.ts';
import { RecurrenceFields } from './recurrence-fields.tsx';

interface FreezeFormProps {
  freeze?: Freeze | undefined;
  /** Day on which a new one begins; null: now. */
  day?: number | null;
  onClose: () => void;
}

/** Creates a freeze or edits one. */
export function FreezeForm({ freeze, day = null, onClose }: FreezeFormProps) {
  const { t } = useTranslation();
  const keyFor = useIdempotencyKey();
  const [fields, setFields] = useState(() => fieldsOf(freeze, day));
  const [isChecked, setChecked] = useState(false);
  const set = (part: Partial<FreezeFields>) => setFields({ ...fields, ...part });
  const found = checkFields(fields);
  const fault = (name: keyof FreezeFields) => {
    const kind = isChecked ? found[name] : undefined;
    return kind && t(`freezes.fault.${kind}`);
  };
  const services = useQuery({
    queryKey: ['services', { all: true }],
    queryFn: ({ signal }) => listServices({ limit: 1000 }, { signal }),
  });
  const save = useWatchedChange([['freezes']], onClose);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (Object.keys(found).length > 0) return;
    const body = toCreate(fields);
    const done = t('freezes.saved', { title: body.title });
    save.mutate(
      freeze
        ? { call: (_, init) => updateFreeze(freeze.id, body, init), headers: { 'if-match': freeze.etag }, done }
        : { call: (_, init) => createFreeze(body, init), headers: { 'idempotency-key': keyFor(body) }, done },
    );
  };
  const text = (name: 'title' | 'reason' | 'startsAt' | 'endsAt') => ({
    value: fields[name],
    error: fault(name),
    onChange: (event: { currentTarget: { value: string } }) => set({ [name]: event.currentTarget.value }),
  });
  return (
    <Dialog
      onClose={onClose}
      size={620}
      closesOnClickOutside={false}
      title={freeze ? t('freezes.editOf', { title: freeze.title }) : t('freezes.create')}
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <TextInput label={t('freezes.name')} data-autofocus maxLength={120} {...text('title')} />
          <TextInput label={t('freezes.reason')} maxLength={500} {...text('reason')} />
          <NativeSelect
            label={t('freezes.whom')}
            value={fields.whom}
            data={(['everybody', 'some'] as const).map((value) => ({ value, label: t(`freezes.whoms.${value}`) }))}
            onChange={(event) => set({ whom: event.currentTarget.value as FreezeFields['whom'] })}
          />
          {fields.whom === 'some' && (
            <Group grow align="flex-start" gap="sm">
              <TagsInput
                label={t('freezes.tenants')}
                placeholder={t('freezes.typeAndEnter')}
                value={fields.tenantIds}
                error={fault('tenantIds')}
                splitChars={[',', ' ']}
                acceptValueOnBlur
                onChange={(tenantIds) => set({ tenantIds })}
              />
              <TagsInput
                label={t('freezes.tags')}
                placeholder={t('freezes.typeAndEnter')}
                value={fields.tenantTags}
                splitChars={[',', ' ']}
                acceptValueOnBlur
                onChange={(tenantTags) => set({ tenantTags })}
              />
            </Group>
          )}
          <TagsInput
            label={t('freezes.services')}
            description={t('freezes.servicesMean')}
            data={services.data?.items.map(({ id }) => id) ?? []}
            value={fields.serviceIds}
            acceptValueOnBlur
            onChange={(serviceIds) => set({ serviceIds })}
          />
          <Checkbox
            label={t('freezes.isRecurring')}
            checked={fields.isRecurring}
            onChange={({ currentTarget: { checked } }) =>
              // Once has an end; what recurs goes on until somebody says otherwise.
              set({ isRecurring: checked, ...(checked && !freeze ? { endsAt: '' } : {}) })
            }
          />
          {fields.isRecurring && <RecurrenceFields fields={fields} fault={fault} onChange={set} />}
          <Group grow align="flex-start" gap="sm">
            <TextInput
              label={fields.isRecurring ? t('freezes.notBefore') : t('freezes.startsAt')}
              type="datetime-local"
              {...text('startsAt')}
            />
            <TextInput
              label={fields.isRecurring ? t('freezes.notAfter') : t('freezes.endsAt')}
              type="datetime-local"
              {...text('endsAt')}
            />
          </Group>
          <Text size="xs" c="dimmed">
            {t('freezes.ownZone', { zone: new Intl.DateTimeFormat().resolvedOptions().timeZone })}
          </Text>
          <FormFooter
            error={save.error}
            action={freeze ? t('action.save') : t('freezes.create')}
            isBusy={save.isPending}
            onCancel={onClose}
          />
        </Stack>
      </form>
    </Dialog>
  );
}
