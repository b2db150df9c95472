import { AppShell, Burger, Group, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, Outlet } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { LiveChip } from '../live/live-chip.tsx';
import { usePages } from './pages.ts';
import { PaletteButton } from './palette/palette-button.tsx';
import { ColorSchemeMenu, LanguageSwitch, UserMenu } from './preferences.tsx';

/** Frame of every page: where you are, whether it is current, who you are. */
export function Shell() {
  const { t } = useTranslation();
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const links = usePages();
  return (
    <AppShell
      header={{ height: 44 }}
      navbar={{ width: 172, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding="md"
      transitionDuration={0}
    >
      <AppShell.Header>
        <a className="skip-link" href="#main">
          {t('app.skip')}
        </a>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t('app.menu')} />
            <Link to="/tenants" className="brand" style={{ color: 'inherit', textDecoration: 'none' }}>
              <img src="/favicon.svg" alt="" width={20} height={20} />
              <span>{t('app.name')}</span>
            </Link>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <PaletteButton />
            <LiveChip />
            <LanguageSwitch />
            <ColorSchemeMenu />
            <UserMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={t('app.pages')}>
        <Stack gap={2}>
          {links.map(({ to, label, mark }) => (
            <Link key={to} to={to} className="nav-link" activeProps={{ 'aria-current': 'page' }} onClick={close}>
              <span className="nav-mark" aria-hidden="true">
                {mark}
              </span>
              {t(label)}
            </Link>
          ))}
        </Stack>
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}
