import { ActionIcon, Button, Menu, Text, useMantineColorScheme } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { logout } from '../api/generated/grey.ts';
import { session } from '../api/session.ts';
import { useMe } from '../features/access/me.ts';
import { setLanguage } from '../i18n/i18n.ts';

const schemes = ['light', 'dark', 'auto'] as const;
const marks = { light: '☀', dark: '☾', auto: '◑' } as const;

export function LanguageSwitch() {
  const { t, i18n } = useTranslation();
  const next = i18n.language === 'zh' ? 'en' : 'zh';
  return (
    <Button
      variant="default"
      size="compact-xs"
      onClick={() => void setLanguage(next)}
      lang={next === 'zh' ? 'zh-CN' : 'en'}
    >
      {t('app.otherLanguage')}
    </Button>
  );
}

export function ColorSchemeMenu() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <ActionIcon
          variant="default"
          size="sm"
          aria-label={t('app.scheme', { scheme: t(`app.schemes.${colorScheme}`) })}
        >
          <span aria-hidden="true">{marks[colorScheme]}</span>
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {schemes.map((scheme) => (
          <Menu.Item
            key={scheme}
            onClick={() => setColorScheme(scheme)}
            leftSection={<span aria-hidden="true">{marks[scheme]}</span>}
            rightSection={scheme === colorScheme ? <span aria-hidden="true">{'✓'}</span> : null}
          >
            {t(`app.schemes.${scheme}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

export function UserMenu() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { data: me } = useMe();
  // The token is forgotten here whatever the API says: the operator wants out.
  const leave = () =>
    void logout()
      .catch(() => undefined)
      .then(() => session.set(null));
  return (
    <Menu position="bottom-end" shadow="md" width={220}>
      <Menu.Target>
        <Button variant="default" size="compact-xs">
          {me?.name ?? t('app.account')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {me?.role && (
          <Text size="xs" c="dimmed" px="sm" py={4}>
            {t(`roles.${me.role}`)}
          </Text>
        )}
        <Menu.Item onClick={() => void navigate({ to: '/password' })}>{t('access.changePassword')}</Menu.Item>
        <Menu.Item onClick={leave}>{t('access.logout')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
