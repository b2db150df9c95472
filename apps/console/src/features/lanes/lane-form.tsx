import './lanes.css';
import { Checkbox, Group, NativeSelect, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { listLanes, putLane } from '../../api/generated/grey.ts';
import type { GuardOverride, Lane } from '../../api/generated/model/index.ts';
import { CelField, celTextOf, readCel } from '../../parts/cel-field.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { FormFooter } from '../../parts/form-footer.tsx';
import { useWatchedChange } from '../routers/use-watched-change.ts';
import { UnitPicker } from '../rules/unit-picker.tsx';
import { checkFields, fieldsOf, type LaneFields, toPut } from './lane-fields.ts';
import { LaneVersionList } from './lane-version-list.tsx';

/** Creates a lane or edits the one given. */
export function LaneForm({ lane, onClose }: { lane?: Lane; onClose: () => void }) {
  const { t } = useTranslation();
  const [fields, setFields] = useState(() => fieldsOf(lane, celTextOf(lane?.entry?.when)));
  const [isChecked, setChecked] = useState(false);
  const set = (part: Partial<LaneFields>) => setFields({ ...fields, ...part });
  const lanes = useQuery({ queryKey: ['lanes'], queryFn: ({ signal }) => listLanes({ signal }) });
  const found = checkFields(fields, lane ? [] : (lanes.data?.items.map((one) => one.tag) ?? []));
  const fault = (path: string) => (isChecked && found[path] ? t(`lanes.fault.${found[path]}`) : undefined);
  const tag = fields.tag.trim();
  const change = useWatchedChange([['lanes'], ['lane', tag]], onClose);
  const save = (override?: GuardOverride) => {
    setChecked(true);
    const read = readCel(fields.hasEntry ? fields.when : '');
    if (Object.keys(found).length > 0 || read.fault) return;
    const body = { ...toPut(fields, read.condition, lane), ...(override ? { override } : {}) };
    change.mutate({
      call: (params, init) => putLane(tag, body, params, init),
      headers: lane ? { 'if-match': lane.etag } : {},
      done: t('lanes.saved', { tag }),
    });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save();
  };
  return (
    <Dialog
      onClose={onClose}
      size={620}
      closesOnClickOutside={false}
      title={lane ? t('lanes.editOf', { tag: lane.tag }) : t('lanes.create')}
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          {!lane && (
            <TextInput
              label={t('lanes.tag')}
              description={t('lanes.tagRule')}
              data-autofocus
              value={fields.tag}
              error={fault('tag')}
              onChange={(event) => set({ tag: event.currentTarget.value })}
            />
          )}
          <TextInput
            label={t('lanes.name')}
            maxLength={120}
            value={fields.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <NativeSelect
            label={t('lanes.mode')}
            description={t(`lanes.modeMeans.${fields.mode}`)}
            value={fields.mode}
            data={(['permissive', 'strict'] as const).map((value) => ({ value, label: t(`lanes.modes.${value}`) }))}
            onChange={(event) => set({ mode: event.currentTarget.value as LaneFields['mode'] })}
          />
          <LaneVersionList versions={fields.versions} fault={fault} onChange={(versions) => set({ versions })} />
          <Checkbox
            label={t('lanes.hasEntry')}
            checked={fields.hasEntry}
            onChange={(event) => set({ hasEntry: event.currentTarget.checked })}
          />
          {fields.hasEntry && (
            <>
              <CelField label={t('lanes.entryWhen')} value={fields.when} onChange={(when) => set({ when })} />
              <Group gap="sm" align="flex-start">
                <NumberInput
                  label={t('lanes.share')}
                  w={120}
                  min={0}
                  max={100}
                  decimalScale={2}
                  suffix=" %"
                  value={fields.share / 100}
                  onChange={(value) => set({ share: Math.round((Number(value) || 0) * 100) })}
                />
                {fields.share < 10_000 && (
                  <UnitPicker
                    label={t('lanes.unit')}
                    value={fields.unit}
                    error={fault('unit')}
                    onChange={(unit) => set({ unit })}
                  />
                )}
              </Group>
              {fault('entry') && (
                <Text size="xs" c="var(--mantine-color-error)" role="alert">
                  {fault('entry')}
                </Text>
              )}
            </>
          )}
          <TextInput
            label={t('confirm.reason')}
            maxLength={500}
            value={fields.reason}
            onChange={(event) => set({ reason: event.currentTarget.value })}
          />
          <FormFooter
            error={change.error}
            onOverride={save}
            action={lane ? t('action.save') : t('lanes.create')}
            isBusy={change.isPending}
            onCancel={onClose}
          />
        </Stack>
      </form>
    </Dialog>
  );
}
