import { useState } from 'react';
import { QuestionDialog, type QuestionProps } from './question-dialog.tsx';
import { ReasonField } from './reason-field.tsx';

interface ReasonDialogProps extends QuestionProps {
  /** @param body with the reason, where one was given */
  onAnswer: (body: { reason?: string }) => void;
}

/** Says what it means and asks why; nothing has to be typed for it. */
export function ReasonDialog({ children, onAnswer, ...question }: ReasonDialogProps) {
  const [reason, setReason] = useState('');
  const text = reason.trim();
  return (
    <QuestionDialog {...question} onAnswer={() => onAnswer(text ? { reason: text } : {})}>
      {children}
      <ReasonField value={reason} hasAutofocus onChange={setReason} />
    </QuestionDialog>
  );
}
