import { Button, Center, Group, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { login } from '../../api/generated/grey.ts';
import type { Login } from '../../api/generated/model/index.ts';
import { session } from '../../api/session.ts';
import { ColorSchemeMenu, LanguageSwitch } from '../../app/preferences.tsx';
import { Failure } from '../../parts/states.tsx';

export function LoginPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { from } = useSearch({ from: '/login' });
  const { register, handleSubmit, formState } = useForm<Login>({ defaultValues: { username: '', password: '' } });
  const enter = useMutation({
    mutationFn: (fields: Login) => login(fields),
    onSuccess: (next) => {
      session.set(next);
      if (next.mustChangePassword) void navigate({ to: '/password' });
      else void navigate({ href: from ?? '/tenants', replace: true });
    },
  });
  const required = t('form.required');
  return (
    <Center mih="100vh" p="md" component="main">
      <Stack w={340} gap="md">
        <title>{t('access.loginTitle', { name: t('app.name') })}</title>
        <Group justify="space-between">
          <Title order={1}>{t('app.name')}</Title>
          <Group gap={6}>
            <LanguageSwitch />
            <ColorSchemeMenu />
          </Group>
        </Group>
        <form className="panel" onSubmit={handleSubmit((fields) => enter.mutate(fields))} noValidate>
          <Stack gap="sm">
            <TextInput
              label={t('access.username')}
              autoComplete="username"
              autoFocus
              error={formState.errors.username?.message}
              {...register('username', { required })}
            />
            <PasswordInput
              label={t('access.password')}
              autoComplete="current-password"
              visibilityToggleButtonProps={{ 'aria-label': t('access.showPassword') }}
              error={formState.errors.password?.message}
              {...register('password', { required })}
            />
            {enter.isError && <Failure error={enter.error} />}
            <Button type="submit" loading={enter.isPending}>
              {t('access.login')}
            </Button>
          </Stack>
        </form>
        <Text size="xs" c="dimmed">
          {t('access.firstPassword')}
        </Text>
      </Stack>
    </Center>
  );
}
