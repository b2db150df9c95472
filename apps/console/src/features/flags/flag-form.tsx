import { Checkbox, Group, NativeSelect, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { putVersionFlags } from '../../api/generated/grey.ts';
import type { Flag, VersionFlags } from '../../api/generated/model/index.ts';
import { celTextOf, readCel } from '../../parts/cel-field.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { FormFooter } from '../../parts/form-footer.tsx';
import { useWatchedChange } from '../routers/use-watched-change.ts';
import { checkFields, type FlagFields, type FlagType, fieldsOf, flagTypes, toFlag, withType } from './flag-fields.ts';
import { FlagRuleList } from './flag-rule-list.tsx';
import { FlagValue } from './flag-value.tsx';

interface FlagFormProps {
  flags: VersionFlags;
  flag?: Flag;
  onClose: () => void;
}

/** Adds a flag to a version or edits one; the other flags of the version go along as they are. */
export function FlagForm({ flags: { serviceId, version, flags, etag }, flag, onClose }: FlagFormProps) {
  const { t } = useTranslation();
  const [fields, setFields] = useState(() => fieldsOf(flag, celTextOf));
  const [reason, setReason] = useState('');
  const [isChecked, setChecked] = useState(false);
  const set = (part: Partial<FlagFields>) => setFields({ ...fields, ...part });
  const others = flags.filter((one) => one.name !== flag?.name);
  const found = checkFields(
    fields,
    others.map((one) => one.name),
  );
  const fault = (path: string) => (isChecked && found[path] ? t(`flags.fault.${found[path]}`) : undefined);
  const change = useWatchedChange([['flags', serviceId]], onClose);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    const read = fields.rules.map((rule) => readCel(rule.when));
    if (Object.keys(found).length > 0 || read.some((one) => one.fault !== null)) return;
    const next = toFlag(
      fields,
      read.map((one) => one.condition),
      `${serviceId}/${version}`,
    );
    const all = flag ? flags.map((one) => (one.name === flag.name ? next : one)) : [...flags, next];
    const body = { flags: all, ...(reason.trim() ? { reason: reason.trim() } : {}) };
    change.mutate({
      call: (params, init) => putVersionFlags(serviceId, version, body, params, init),
      headers: { 'if-match': etag },
      done: t('flags.saved', { name: next.name, version }),
    });
  };
  return (
    <Dialog
      onClose={onClose}
      size={600}
      closesOnClickOutside={false}
      title={flag ? t('flags.editOf', { name: flag.name }) : t('flags.createTitle', { version })}
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <TextInput
            label={t('flags.name')}
            data-autofocus
            value={fields.name}
            error={fault('name')}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <Group gap="sm" align="flex-start">
            <NativeSelect
              label={t('flags.type')}
              value={fields.type}
              data={flagTypes.map((value) => ({ value, label: t(`flags.types.${value}`) }))}
              onChange={(event) => setFields(withType(fields, event.currentTarget.value as FlagType))}
            />
            <FlagValue
              label={t('flags.value')}
              type={fields.type}
              value={fields.value}
              error={fault('value')}
              onChange={(value) => set({ value })}
            />
          </Group>
          <Checkbox
            label={t('flags.isEnabled')}
            checked={fields.isEnabled}
            onChange={(event) => set({ isEnabled: event.currentTarget.checked })}
          />
          <FlagRuleList fields={fields} fault={fault} onChange={(rules) => set({ rules })} />
          <TextInput
            label={t('confirm.reason')}
            value={reason}
            maxLength={500}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <FormFooter
            error={change.error}
            action={flag ? t('action.save') : t('flags.create')}
            isBusy={change.isPending}
            onCancel={onClose}
          />
        </Stack>
      </form>
    </Dialog>
  );
}
