import { type MantineColor, Stack } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import type { GuardOverride } from '../api/generated/model/index.ts';
import { Dialog } from './dialog.tsx';
import { FormFooter } from './form-footer.tsx';

export interface QuestionProps {
  title: string;
  /** What it means, and what has to be answered. */
  children: ReactNode;
  /** What the button says that does it. */
  action: string;
  /** What the way out says, where "Cancel" could be taken for doing it. */
  leave?: string | undefined;
  color?: MantineColor | undefined;
  isBusy: boolean;
  /** Why it was not done. */
  error: unknown;
  /** Where guards may object: sends it again with the word that sets their objections aside. */
  onOverride?: ((override: GuardOverride) => void) | undefined;
  size?: number | undefined;
  /** False where a click beside the dialog would lose something. */
  closesOnClickOutside?: boolean | undefined;
  onClose: () => void;
}

interface QuestionDialogProps extends QuestionProps {
  /** False while something needed is missing. */
  isReady?: boolean;
  onAnswer: () => void;
}

/** What is asked before something is done: the answer, what failed, the way out and the button. */
export function QuestionDialog(props: QuestionDialogProps) {
  const { title, children, isReady = true, isBusy, size, closesOnClickOutside = true, onAnswer, onClose } = props;
  const { action, leave, color, error, onOverride } = props;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady && !isBusy) onAnswer();
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      {...(size === undefined ? {} : { size })}
      closesOnClickOutside={closesOnClickOutside}
    >
      <form onSubmit={submit}>
        <Stack gap="sm">
          {children}
          <FormFooter
            action={action}
            leave={leave}
            color={color}
            isReady={isReady}
            isBusy={isBusy}
            error={error}
            onOverride={onOverride}
            onCancel={onClose}
          />
        </Stack>
      </form>
    </Dialog>
  );
}
