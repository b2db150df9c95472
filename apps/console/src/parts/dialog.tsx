import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useReturnedFocus } from './use-returned-focus.ts';

interface DialogProps {
  title: string;
  children: ReactNode;
  onClose: () => void;
  size?: number | string;
  /** False where a click beside the dialog would lose something. */
  closesOnClickOutside?: boolean;
}

/** A dialog that is open as long as it is mounted; the keyboard returns to where it was opened from. */
export function Dialog({ title, children, onClose, size = 'md', closesOnClickOutside = true }: DialogProps) {
  const { t } = useTranslation();
  useReturnedFocus();
  return (
    <Modal.Root
      opened
      onClose={onClose}
      size={size}
      centered
      transitionProps={{ duration: 0 }}
      closeOnClickOutside={closesOnClickOutside}
    >
      <Modal.Overlay />
      <Modal.Content>
        {/* Without a role of its own this <header> would count as a second banner of the page. */}
        <Modal.Header role="presentation">
          <Modal.Title fw={600}>{title}</Modal.Title>
          <Modal.CloseButton aria-label={t('action.close')} />
        </Modal.Header>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
