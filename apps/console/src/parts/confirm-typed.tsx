import { Text, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { QuestionDialog, type QuestionProps } from './question-dialog.tsx';
import { ReasonField } from './reason-field.tsx';

interface ConfirmTypedProps extends Omit<QuestionProps, 'color'> {
  /** What must be typed, letter for letter. */
  word: string;
  /** False where the operation keeps no reason. */
  hasReason?: boolean;
  /** Where it does not go without. */
  isReasonNeeded?: boolean;
  /** What few need, behind the reason. */
  further?: ReactNode;
  onConfirm: (reason: string | undefined) => void;
}

/** Asks for what cannot be taken back: the operator types the name of what will be gone. */
export function ConfirmTyped(props: ConfirmTypedProps) {
  const { word, hasReason = true, isReasonNeeded = false, further, children, onConfirm, ...question } = props;
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useState('');
  const isReady = typed.trim() === word && (!isReasonNeeded || reason.trim() !== '');
  return (
    <QuestionDialog {...question} color="red" isReady={isReady} onAnswer={() => onConfirm(reason.trim() || undefined)}>
      <Text size="sm" component="div">
        {children}
      </Text>
      <TextInput
        label={t('confirm.type', { word })}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
      />
      {hasReason && <ReasonField value={reason} isNeeded={isReasonNeeded} onChange={setReason} />}
      {further}
    </QuestionDialog>
  );
}
