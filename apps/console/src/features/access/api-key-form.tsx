import { Button, Checkbox, CopyButton, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { createApiKey } from '../../api/generated/grey.ts';
import type { CreatedApiKey } from '../../api/generated/model/index.ts';
import { FormFooter } from '../../parts/form-footer.tsx';
import { splitTenantIds } from './split-tenant-ids.ts';

interface Fields {
  name: string;
  route: boolean;
  registry: boolean;
  tenantIds: string;
  expires: string;
}

/** Creates a key and shows it: the only time it can be read. */
export function ApiKeyForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { register, handleSubmit, formState, getValues } = useForm<Fields>({
    defaultValues: { name: '', route: true, registry: false, tenantIds: '', expires: '' },
  });
  const create = useMutation({
    mutationFn: ({ name, route, registry, tenantIds, expires }: Fields) => {
      const ids = splitTenantIds(tenantIds);
      return createApiKey({
        name: name.trim(),
        scopes: [...(route ? (['route'] as const) : []), ...(registry ? (['registry'] as const) : [])],
        tenantIds: ids.length > 0 ? ids : null,
        expiresAt: expires ? new Date(`${expires}T00:00:00`).toISOString() : null,
      });
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['api-keys'] }),
  });
  if (create.data) return <NewKey apiKey={create.data} onClose={onClose} />;
  const { errors } = formState;
  return (
    <form onSubmit={handleSubmit((fields) => create.mutate(fields))} noValidate>
      <Stack gap="sm">
        <TextInput
          label={t('access.keyName')}
          data-autofocus
          error={errors.name?.message}
          {...register('name', { required: t('form.required'), maxLength: { value: 120, message: t('form.tooLong') } })}
        />
        <Checkbox
          label={t('scopes.route')}
          error={errors.route?.message}
          {...register('route', { validate: (is) => is || getValues('registry') || t('access.oneScope') })}
        />
        <Checkbox label={t('scopes.registry')} {...register('registry')} />
        <Textarea
          label={t('access.tenants')}
          description={t('access.tenantsRule')}
          autosize
          minRows={2}
          maxRows={6}
          {...register('tenantIds')}
        />
        <TextInput type="date" label={t('access.expiresAt')} {...register('expires')} />
        <FormFooter error={create.error} action={t('access.createKey')} isBusy={create.isPending} onCancel={onClose} />
      </Stack>
    </form>
  );
}

function NewKey({ apiKey, onClose }: { apiKey: CreatedApiKey; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      <Text size="sm">{t('access.keyOnce')}</Text>
      <TextInput
        label={t('access.newKey', { name: apiKey.name })}
        readOnly
        classNames={{ input: 'mono' }}
        value={apiKey.key}
        onFocus={(event) => event.currentTarget.select()}
      />
      <Group justify="flex-end" gap="xs">
        <CopyButton value={apiKey.key}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? t('access.copied') : t('access.copy')}
            </Button>
          )}
        </CopyButton>
        <Button onClick={onClose}>{t('access.keyKept')}</Button>
      </Group>
    </Stack>
  );
}
