import { Group, Stack, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { createVersion } from '../../api/generated/grey.ts';
import type { CreateVersion } from '../../api/generated/model/index.ts';
import { useIdempotencyKey } from '../../api/use-idempotency-key.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { FormFooter } from '../../parts/form-footer.tsx';

interface Fields {
  version: string;
  ordinal: string;
  schemaMin: string;
  schemaMax: string;
  endOfLife: string;
  reason: string;
}

const numberOrNull = (text: string) => (text.trim() === '' ? null : Number(text));

function toCreateVersion(fields: Fields): CreateVersion {
  return {
    version: fields.version.trim(),
    ...(fields.ordinal.trim() ? { ordinal: Number(fields.ordinal) } : {}),
    schemaMin: numberOrNull(fields.schemaMin),
    schemaMax: numberOrNull(fields.schemaMax),
    endOfLifeAt: fields.endOfLife ? `${fields.endOfLife}T00:00:00Z` : null,
    ...(fields.reason.trim() ? { reason: fields.reason.trim() } : {}),
  };
}

export function VersionForm({ serviceId, onClose }: { serviceId: string; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const keyFor = useIdempotencyKey();
  const { register, handleSubmit, formState } = useForm<Fields>({
    defaultValues: { version: '', ordinal: '', schemaMin: '', schemaMax: '', endOfLife: '', reason: '' },
  });
  const save = useMutation({
    mutationFn: (fields: Fields) => {
      const body = toCreateVersion(fields);
      return createVersion(serviceId, body, {}, { headers: { 'idempotency-key': keyFor(body) } });
    },
    onSuccess: async (saved) => {
      await Promise.all(
        [['versions', serviceId], ['service', serviceId], ['services'], ['tenant-services']].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      );
      notifications.show({ message: t('versions.created', { version: saved.version }) });
      onClose();
    },
  });
  const { errors } = formState;
  const whole = { value: /^\d*$/, message: t('form.wholeNumber') };
  return (
    <Dialog onClose={onClose} title={t('versions.createTitle', { serviceId })}>
      <form onSubmit={handleSubmit((fields) => save.mutate(fields))} noValidate>
        <Stack gap="sm">
          <TextInput
            label={t('terms.version')}
            description={t('versions.labelRule')}
            data-autofocus
            error={errors.version?.message}
            {...register('version', {
              required: t('form.required'),
              pattern: { value: /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/, message: t('form.versionRule') },
            })}
          />
          <TextInput
            label={t('versions.ordinal')}
            description={t('versions.ordinalRule')}
            inputMode="numeric"
            error={errors.ordinal?.message}
            {...register('ordinal', { pattern: whole })}
          />
          <Group grow align="flex-start">
            <TextInput
              label={t('versions.schemaMin')}
              inputMode="numeric"
              error={errors.schemaMin?.message}
              {...register('schemaMin', { pattern: whole })}
            />
            <TextInput
              label={t('versions.schemaMax')}
              inputMode="numeric"
              error={errors.schemaMax?.message}
              {...register('schemaMax', { pattern: whole })}
            />
          </Group>
          <TextInput type="date" label={t('versions.endOfLife')} {...register('endOfLife')} />
          <TextInput label={t('confirm.reason')} maxLength={500} {...register('reason')} />
          <FormFooter error={save.error} action={t('versions.create')} isBusy={save.isPending} onCancel={onClose} />
        </Stack>
      </form>
    </Dialog>
  );
}
