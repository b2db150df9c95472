import { Drawer } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useReturnedFocus } from './use-returned-focus.ts';

interface SidePanelProps {
  title: ReactNode;
  children: ReactNode;
  onClose: () => void;
  size?: number | string;
}

/** A panel at the side that is open as long as it is mounted; a click beside it does not throw away what was typed. */
export function SidePanel({ title, children, onClose, size = 720 }: SidePanelProps) {
  const { t } = useTranslation();
  useReturnedFocus();
  return (
    <Drawer.Root
      opened
      onClose={onClose}
      size={size}
      position="right"
      transitionProps={{ duration: 0 }}
      closeOnClickOutside={false}
    >
      <Drawer.Overlay />
      <Drawer.Content>
        {/* Without a role of its own this <header> would count as a second banner of the page. */}
        <Drawer.Header role="presentation">
          <Drawer.Title fw={600}>{title}</Drawer.Title>
          <Drawer.CloseButton aria-label={t('action.close')} />
        </Drawer.Header>
        <Drawer.Body>{children}</Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}
