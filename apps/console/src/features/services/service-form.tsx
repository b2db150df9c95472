import { Button, Group, NativeSelect, Stack, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { createService, updateService } from '../../api/generated/grey.ts';
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
import { Failure } from '../../parts/states.tsx';

type Fields = Required<Omit<CreateService, 'balancing' | 'fallback'>> & { fallback: Fallback };

/** Creates a service, or edits its name and policies. Its default is set on its page, once versions exist. */
export function ServiceForm({ service, onClose }: { service?: Service; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const keyFor = useIdempotencyKey();
  const { register, handleSubmit, formState } = useForm<Fields>({
    defaultValues: {
      id: service?.id ?? '',
      name: service?.name ?? '',
      unknownTenant: service?.unknownTenant ?? 'reject',
      balancer: service?.balancer ?? 'weighted_round_robin',
      fallback: service?.fallback ?? 'fail',
      reason: '',
    },
  });
  const save = useMutation({
    mutationFn: ({ id, name, reason, ...policies }: Fields) => {
      const why = reason.trim() ? { reason: reason.trim() } : {};
      if (service) {
        const body: UpdateService = { name: name.trim() || service.id, ...policies, ...why };
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
  const { errors } = formState;
  const offered = Object.values(Fallback).filter((mode) => mode !== 'version' || service?.fallbackVersion);
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
            data={offered.map((value) => ({ value, label: t(`fallback.${value}`) }))}
            {...register('fallback')}
          />
          <NativeSelect
            label={t('services.balancer')}
            data={Object.values(Balancer).map((value) => ({ value, label: t(`balancer.${value}`) }))}
            {...register('balancer')}
          />
          <TextInput label={t('confirm.reason')} maxLength={500} {...register('reason')} />
          {save.isError && <Failure error={save.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {service ? t('action.save') : t('services.create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
