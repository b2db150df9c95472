import { Button, Center, Group, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { changePassword } from '../../api/generated/grey.ts';
import { session } from '../../api/session.ts';
import { Failure } from '../../parts/states.tsx';

interface Fields {
  currentPassword: string;
  newPassword: string;
  repeated: string;
}

/** Change of the own password; the first stop after a one-time password, which lets nothing else through. */
export function PasswordPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const isForced = session.current?.mustChangePassword ?? false;
  const { register, handleSubmit, formState, getValues } = useForm<Fields>({
    defaultValues: { currentPassword: '', newPassword: '', repeated: '' },
  });
  const change = useMutation({
    mutationFn: ({ currentPassword, newPassword }: Fields) => changePassword({ currentPassword, newPassword }),
    onSuccess: (next) => {
      session.set(next);
      void navigate({ to: '/tenants', replace: true });
    },
  });
  const toggle = { 'aria-label': t('access.showPassword') };
  const required = t('form.required');
  const { errors } = formState;
  return (
    <Center mih="100vh" p="md" component="main">
      <Stack w={360} gap="md">
        <title>{t('access.passwordTitle', { name: t('app.name') })}</title>
        <Title order={1}>{t('access.changePassword')}</Title>
        {isForced && <Text size="sm">{t('access.mustChange')}</Text>}
        <form className="panel" onSubmit={handleSubmit((fields) => change.mutate(fields))} noValidate>
          <Stack gap="sm">
            <PasswordInput
              label={t('access.currentPassword')}
              autoComplete="current-password"
              visibilityToggleButtonProps={toggle}
              error={errors.currentPassword?.message}
              {...register('currentPassword', { required })}
            />
            <PasswordInput
              label={t('access.newPassword')}
              description={t('access.newPasswordRule')}
              autoComplete="new-password"
              visibilityToggleButtonProps={toggle}
              error={errors.newPassword?.message}
              {...register('newPassword', {
                required,
                minLength: { value: 12, message: t('access.newPasswordRule') },
              })}
            />
            <PasswordInput
              label={t('access.repeatPassword')}
              autoComplete="new-password"
              visibilityToggleButtonProps={toggle}
              error={errors.repeated?.message}
              {...register('repeated', {
                validate: (value) => value === getValues('newPassword') || t('access.notTheSame'),
              })}
            />
            {change.isError && <Failure error={change.error} />}
            <Group justify="flex-end" gap="xs">
              <Button
                variant="default"
                onClick={() => (isForced ? session.set(null) : void navigate({ to: '/tenants' }))}
              >
                {isForced ? t('access.logout') : t('action.cancel')}
              </Button>
              <Button type="submit" loading={change.isPending}>
                {t('access.changePassword')}
              </Button>
            </Group>
          </Stack>
        </form>
      </Stack>
    </Center>
  );
}
