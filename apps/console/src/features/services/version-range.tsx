import { Group, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { updateVersion } from '../../api/generated/grey.ts';
import type { Version } from '../../api/generated/model/index.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { FormFooter } from '../../parts/form-footer.tsx';
import { useWatchedChange } from '../routers/use-watched-change.ts';
import { rangeText } from './range-text.ts';

interface Fields {
  schemaMin: string;
  schemaMax: string;
  reason: string;
}
const numberOrNull = (text: string) => (text.trim() === '' ? null : Number(text));

/** Says which schemas of a tenant's database a version works on. */
export function VersionRange({ version, onClose }: { version: Version; onClose: () => void }) {
  const { t } = useTranslation();
  const { register, handleSubmit, formState, getValues } = useForm<Fields>({
    defaultValues: {
      schemaMin: version.schemaMin === null ? '' : String(version.schemaMin),
      schemaMax: version.schemaMax === null ? '' : String(version.schemaMax),
      reason: '',
    },
  });
  const { serviceId } = version;
  const save = useWatchedChange(
    [['versions', serviceId], ['retirement', serviceId], ['migrations'], ['tenant-schema']],
    onClose,
  );
  const submit = handleSubmit(({ reason, ...range }) => {
    const wanted = { schemaMin: numberOrNull(range.schemaMin), schemaMax: numberOrNull(range.schemaMax) };
    const body = { ...wanted, ...(reason.trim() ? { reason: reason.trim() } : {}) };
    save.mutate({
      call: (params, init) => updateVersion(serviceId, version.version, body, params, init),
      headers: { 'if-match': version.etag },
      done: t('versions.rangeSaved', {
        version: version.version,
        range: rangeText(wanted) ?? t('versions.anySchema'),
      }),
    });
  });
  const { errors } = formState;
  const whole = { value: /^\s*\d*\s*$/, message: t('form.wholeNumber') };
  return (
    <Dialog title={t('versions.schemaEditOf', { version: version.version })} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Text size="sm">{t('versions.schemaRule')}</Text>
          <Group grow align="flex-start">
            <TextInput
              label={t('versions.schemaMin')}
              data-autofocus
              inputMode="numeric"
              error={errors.schemaMin?.message}
              {...register('schemaMin', { pattern: whole })}
            />
            <TextInput
              label={t('versions.schemaMax')}
              description={t('versions.schemaMaxRule')}
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              inputMode="numeric"
              error={errors.schemaMax?.message}
              {...register('schemaMax', {
                pattern: whole,
                validate: (text) => {
                  const [min, max] = [numberOrNull(getValues('schemaMin')), numberOrNull(text)];
                  return min === null || max === null || min <= max || t('versions.rangeWrong');
                },
              })}
            />
          </Group>
          <TextInput label={t('confirm.reason')} maxLength={500} {...register('reason')} />
          <FormFooter error={save.error} action={t('action.save')} isBusy={save.isPending} onCancel={onClose} />
        </Stack>
      </form>
    </Dialog>
  );
}
