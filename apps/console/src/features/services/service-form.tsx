import { NativeSelect, Stack, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Controller, useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { createService, listVersions, updateService } from '../../api/generated/grey.ts';
import {
  Balancer,
  type CreateService,
  Fallback,
  type Service,
  UnknownTenantPolicy,
  type UpdateService,
} from '../../api/generated/model/index.ts';
import { useIdempotencyKey } from '../../api/use-idempotency-key.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { FormFooter } from '../../parts/form-footer.tsx';
import { BalancingFields } from './balancing-fields.tsx';

type Fields = Required<Omit<CreateService, 'fallback'>> & { fallback: Fallback; fallbackVersion: string };

/** Creates a service, or edits its name and policies. Its default is set on its page, once versions exist. */
export function ServiceForm({ service, onClose }: { service?: Service; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const keyFor = useIdempotencyKey();
  const { register, handleSubmit, formState, control, watch } = useForm<Fields>({
    defaultValues: {
      id: service?.id ?? '',
      name: service?.name ?? '',
      unknownTenant: service?.unknownTenant ?? 'reject',
      balancer: service?.balancer ?? 'weighted_round_robin',
      balancing: service?.balancing ?? {},
      fallback: service?.fallback ?? 'fail',
      fallbackVersion: service?.fallbackVersion ?? '',
      reason: '',
    },
  });
  const save = useMutation({
    mutationFn: ({ id, name, reason, fallbackVersion, ...policies }: Fields) => {
      const why = reason.trim() ? { reason: reason.trim() } : {};
      if (service) {
        const named = policies.fallback === 'version' ? fallbackVersion : null;
        const body: UpdateService = { name: name.trim() || service.id, ...policies, fallbackVersion: named, ...why };
        return updateService(service.id, body, {}, { headers: { 'if-match': service.etag } });
      }
      const named = name.trim() ? { name: name.trim() } : {};
      // A named version to fall back to exists only once the service does.
      const fallback = policies.fallback === 'version' ? 'fail' : policies.fallback;
      const body: CreateService = { id: id.trim(), ...named, ...policies, fallback, ...why };
      return createService(body, {}, { headers: { 'idempotency-key': keyFor(body) } });
    },
    onSuccess: async (saved) => {
      await Promise.all(
        [['services'], ['service', saved.id]].map((queryKey) => client.invalidateQueries({ queryKey })),
      );
      notifications.show({ message: t('services.saved', { id: saved.id }) });
      onClose();
    },
  });
  const versions = useQuery({
    queryKey: ['versions', service?.id],
    queryFn: ({ signal }) => listVersions(service?.id ?? '', { signal }),
    enabled: service !== undefined,
  });
  const { errors } = formState;
  const [balancer, fallback] = watch(['balancer', 'fallback']);
  const offered = (versions.data?.items ?? [])
    .filter(({ version, status }) => status !== 'retired' || version === service?.fallbackVersion)
    .map(({ version }) => version);
  // A version to fall back to can be named once there is one.
  const fallbacks = Object.values(Fallback).filter((value) => value !== 'version' || service !== undefined);
  return (
    <Dialog onClose={onClose} title={service ? t('services.editTitle', { id: service.id }) : t('services.create')}>
      <form onSubmit={handleSubmit((fields) => save.mutate(fields))} noValidate>
        <Stack gap="sm">
          {!service && (
            <TextInput
              label={t('services.id')}
              data-autofocus
              error={errors.id?.message}
              {...register('id', {
                required: t('form.required'),
                pattern: { value: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, message: t('form.nameRule') },
              })}
            />
          )}
          <TextInput label={t('services.name')} {...register('name')} />
          <NativeSelect
            label={t('services.unknownTenant')}
            data={Object.values(UnknownTenantPolicy).map((value) => ({ value, label: t(`unknownTenant.${value}`) }))}
            {...register('unknownTenant')}
          />
          <NativeSelect
            label={t('services.fallback')}
            description={t('services.fallbackMeans')}
            data={fallbacks.map((value) => ({ value, label: t(`fallback.${value}`) }))}
            {...register('fallback')}
          />
          {fallback === 'version' && (
            <Controller
              control={control}
              name="fallbackVersion"
              rules={{ required: t('form.required') }}
              render={({ field }) => (
                <NativeSelect
                  label={t('services.fallbackVersion')}
                  error={errors.fallbackVersion?.message}
                  data={[{ value: '', label: t('services.chooseVersion') }, ...offered]}
                  {...field}
                />
              )}
            />
          )}
          <NativeSelect
            label={t('services.balancer')}
            description={t(`balancerMeans.${balancer}`)}
            data={Object.values(Balancer).map((value) => ({ value, label: t(`balancer.${value}`) }))}
            {...register('balancer')}
          />
          <Controller
            control={control}
            name="balancing"
            render={({ field }) => (
              <BalancingFields balancer={balancer} value={field.value} onChange={field.onChange} />
            )}
          />
          <TextInput label={t('confirm.reason')} maxLength={500} {...register('reason')} />
          <FormFooter
            error={save.error}
            action={service ? t('action.save') : t('services.create')}
            isBusy={save.isPending}
            onCancel={onClose}
          />
        </Stack>
      </form>
    </Dialog>
  );
}
