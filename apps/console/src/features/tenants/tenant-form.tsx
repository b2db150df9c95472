import { Group, NativeSelect, Stack, TagsInput, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Controller, useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { createTenant, updateTenant } from '../../api/generated/grey.ts';
import type { Tenant } from '../../api/generated/model/index.ts';
import { useIdempotencyKey } from '../../api/use-idempotency-key.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { FormFooter } from '../../parts/form-footer.tsx';
import { fieldsOf, parseMetadata, type TenantFields, toCreateTenant, toUpdateTenant } from './tenant-fields.ts';

/** Creates a tenant, or edits the one given. An edit carries the ETag the operator saw. */
export function TenantForm({ tenant, onClose }: { tenant?: Tenant; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const keyFor = useIdempotencyKey();
  const { register, handleSubmit, formState, control } = useForm<TenantFields>({ defaultValues: fieldsOf(tenant) });
  const save = useMutation({
    mutationFn: async (fields: TenantFields) => {
      if (!tenant) {
        const body = toCreateTenant(fields);
        return createTenant(body, {}, { headers: { 'idempotency-key': keyFor(body) } });
      }
      const changes = toUpdateTenant(fields, tenant);
      if (Object.keys(changes).length === 0) return tenant;
      return updateTenant(tenant.id, changes, {}, { headers: { 'if-match': tenant.etag } });
    },
    onSuccess: async (saved) => {
      await Promise.all(
        [['tenants'], ['tenant', saved.id], ['matrix']].map((queryKey) => client.invalidateQueries({ queryKey })),
      );
      notifications.show({ message: t('tenants.saved', { id: saved.id }) });
      onClose();
    },
  });
  const { errors } = formState;
  const required = t('form.required');
  return (
    <Dialog onClose={onClose} title={tenant ? t('tenants.editTitle', { id: tenant.id }) : t('tenants.create')}>
      <form onSubmit={handleSubmit((fields) => save.mutate(fields))} noValidate>
        <Stack gap="sm">
          {!tenant && (
            <TextInput
              label={t('tenants.id')}
              description={t('tenants.idRule')}
              data-autofocus
              error={errors.id?.message}
              {...register('id', {
                required,
                pattern: { value: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, message: t('form.nameRule') },
              })}
            />
          )}
          <TextInput
            label={t('tenants.name')}
            error={errors.name?.message}
            {...register('name', { required, maxLength: { value: 120, message: t('form.tooLong') } })}
          />
          <Group grow>
            <NativeSelect
              label={t('tenants.status')}
              data={(['active', 'suspended'] as const).map((value) => ({ value, label: t(`tenantStatus.${value}`) }))}
              {...register('status')}
            />
            <TextInput label={t('tenants.tier')} {...register('tier')} />
            <TextInput label={t('tenants.region')} {...register('region')} />
          </Group>
          <Controller
            control={control}
            name="tags"
            render={({ field }) => (
              <TagsInput
                label={t('tenants.tags')}
                description={t('tenants.tagsRule')}
                value={field.value}
                onChange={field.onChange}
                onBlur={field.onBlur}
              />
            )}
          />
          <Textarea
            label={t('tenants.metadata')}
            description={t('tenants.metadataRule')}
            autosize
            minRows={2}
            maxRows={8}
            error={errors.metadata?.message}
            {...register('metadata', {
              validate: (text) => parseMetadata(text) !== undefined || t('tenants.metadataRule'),
            })}
          />
          <TextInput label={t('confirm.reason')} maxLength={500} {...register('reason')} />
          <FormFooter
            error={save.error}
            action={tenant ? t('action.save') : t('tenants.create')}
            isBusy={save.isPending}
            onCancel={onClose}
          />
        </Stack>
      </form>
    </Dialog>
  );
}
