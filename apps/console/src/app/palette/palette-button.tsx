import { Button, Kbd } from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { usePermission } from '../../features/access/me.ts';
import { Palette } from './palette.tsx';

/** Opens the palette from anywhere, also out of a field or an editor, and says which keys do. */
export function PaletteButton() {
  const { t } = useTranslation();
  const [isOpen, { open, close, toggle }] = useDisclosure(false);
  const mayRollBack = usePermission('emergency.rollback');
  useHotkeys([['mod+K', toggle]], [], true);
  const keys = t(isMac() ? 'palette.macKeys' : 'palette.keys');
  return (
    <>
      <Button
        variant="default"
        size="compact-xs"
        onClick={open}
        aria-haspopup="dialog"
        aria-keyshortcuts="Control+K Meta+K"
        rightSection={<Kbd size="xs">{keys}</Kbd>}
        visibleFrom="xs"
      >
        {t('palette.open')}
      </Button>
      {mayRollBack && (
        <Link
          to="/emergency"
          className="emergency-link"
          activeProps={{ 'aria-current': 'page' }}
          title={t('palette.emergencyKeys', { keys })}
        >
          <span aria-hidden="true">{'⟲'}</span>
          <span className="emergency-link-words">{t('palette.emergency')}</span>
        </Link>
      )}
      {isOpen && <Palette onClose={close} />}
    </>
  );
}

function isMac(): boolean {
  return /mac|iphone|ipad/i.test(navigator.platform);
}
