import { Checkbox, NativeSelect, PasswordInput, Stack, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useForm, useWatch } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { createUser, updateUser } from '../../api/generated/grey.ts';
import { Role, type User } from '../../api/generated/model/index.ts';
import { useIdempotencyKey } from '../../api/use-idempotency-key.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { FormFooter } from '../../parts/form-footer.tsx';
import { splitTenantIds } from './split-tenant-ids.ts';

interface Fields {
  username: string;
  name: string;
  role: Role;
  tenantIds: string;
  isActive: boolean;
  password: string;
}

export function UserForm({ user, onClose }: { user?: User; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const keyFor = useIdempotencyKey();
  const { register, handleSubmit, formState, control } = useForm<Fields>({
    defaultValues: {
      username: user?.username ?? '',
      name: user?.name ?? '',
      role: user?.role ?? 'VIEWER',
      tenantIds: user?.tenantIds.join('\n') ?? '',
      isActive: user?.isActive ?? true,
      password: '',
    },
  });
  const role = useWatch({ control, name: 'role' });
  const save = useMutation({
    mutationFn: ({ username, name, role: nextRole, tenantIds, isActive, password }: Fields) => {
      const common = {
        name: name.trim(),
        role: nextRole,
        tenantIds: nextRole === 'TENANT_MANAGER' ? splitTenantIds(tenantIds) : [],
      };
      if (user) return updateUser(user.id, { ...common, isActive, ...(password ? { password } : {}) });
      const body = { username: username.trim(), ...common, password };
      return createUser(body, { headers: { 'idempotency-key': keyFor(body) } });
    },
    onSuccess: async (saved) => {
      await client.invalidateQueries({ queryKey: ['users'] });
      notifications.show({ message: t('access.userSaved', { name: saved.username }) });
      onClose();
    },
  });
  const { errors } = formState;
  const required = t('form.required');
  return (
    <Dialog onClose={onClose} title={user ? t('access.editOf', { name: user.username }) : t('access.createUser')}>
      <form onSubmit={handleSubmit((fields) => save.mutate(fields))} noValidate>
        <Stack gap="sm">
          {!user && (
            <TextInput
              label={t('access.username')}
              autoComplete="off"
              data-autofocus
              error={errors.username?.message}
              {...register('username', {
                required,
                pattern: { value: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, message: t('form.nameRule') },
              })}
            />
          )}
          <TextInput label={t('access.name')} error={errors.name?.message} {...register('name', { required })} />
          <NativeSelect
            label={t('access.role')}
            data={Object.values(Role).map((value) => ({ value, label: t(`roles.${value}`) }))}
            {...register('role')}
          />
          {role === 'TENANT_MANAGER' && (
            <Textarea
              label={t('access.tenants')}
              description={t('access.managerTenantsRule')}
              autosize
              minRows={2}
              maxRows={6}
              {...register('tenantIds')}
            />
          )}
          <PasswordInput
            label={user ? t('access.resetPassword') : t('access.password')}
            description={t('access.newPasswordRule')}
            autoComplete="new-password"
            visibilityToggleButtonProps={{ 'aria-label': t('access.showPassword') }}
            error={errors.password?.message}
            {...register('password', {
              ...(user ? {} : { required }),
              minLength: { value: 12, message: t('access.newPasswordRule') },
            })}
          />
          {user && <Checkbox label={t('access.isActive')} {...register('isActive')} />}
          <FormFooter
            error={save.error}
            action={user ? t('action.save') : t('access.createUser')}
            isBusy={save.isPending}
            onCancel={onClose}
          />
        </Stack>
      </form>
    </Dialog>
  );
}
