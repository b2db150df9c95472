import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { GuardOverride } from '../api/generated/model/index.ts';
import { Dialog } from './dialog.tsx';
import { Failure } from './states.tsx';

interface ConfirmTypedProps {
  title: string;
  children: ReactNode;
  /** What must be typed, letter for letter. */
  word: string;
  action: string;
  isBusy: boolean;
  error: unknown;
  /** False where the operation keeps no reason. */
  hasReason?: boolean;
  /** Where it does not go without. */
  isReasonNeeded?: boolean;
  /** Where guards may object: sends it again with the word that sets their objections aside. */
  onOverride?: ((override: GuardOverride) => void) | undefined;
  onConfirm: (reason: string | undefined) => void;
  onClose: () => void;
}

/** Asks for what cannot be taken back: the operator types the name of what will be gone. */
export function ConfirmTyped(props: ConfirmTypedProps) {
  const { title, children, word, action, isBusy, error, onConfirm, onOverride, onClose } = props;
  const { hasReason = true, isReasonNeeded = false } = props;
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useState('');
  const isReady = typed === word && (!isReasonNeeded || reason.trim() !== '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady) onConfirm(reason.trim() || undefined);
  };
  return (
    <Dialog onClose={onClose} title={title}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm" component="div">
            {children}
          </Text>
          <TextInput
            label={t('confirm.type', { word })}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
            data-autofocus
          />
          {hasReason && (
            <TextInput
              label={t('confirm.reason')}
              value={reason}
              required={isReasonNeeded}
              maxLength={500}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
          )}
          {error ? <Failure error={error} onOverride={onOverride} /> : null}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" color="red" disabled={!isReady} loading={isBusy}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
