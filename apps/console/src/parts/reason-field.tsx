import { TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';

interface ReasonFieldProps {
  value: string;
  onChange: (reason: string) => void;
  /** Where it does not go without. */
  isNeeded?: boolean;
  hasAutofocus?: boolean;
}

/** Why something is done, as the log keeps it. */
export function ReasonField({ value, onChange, isNeeded = false, hasAutofocus = false }: ReasonFieldProps) {
  const { t } = useTranslation();
  return (
    <TextInput
      label={t('confirm.reason')}
      value={value}
      required={isNeeded}
      maxLength={500}
      autoComplete="off"
      {...(hasAutofocus ? { 'data-autofocus': true } : {})}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
