import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../../api/api-problem.ts';
import { KnownField } from '../../parts/known-field.tsx';
import { useOutage } from './use-outage.ts';

interface ServiceFieldProps {
  value: string;
  /** Why nothing is known of the service. */
  fault: unknown;
  hasAutofocus?: boolean;
  onChange: (id: string) => void;
}

/** Finds a service by id or name; without PostgreSQL any text is taken. */
export function ServiceField({ value, fault, hasAutofocus = true, onChange }: ServiceFieldProps) {
  const { t } = useTranslation();
  const { isDatabaseAway } = useOutage();
  return (
    <KnownField
      of="services"
      label={t('terms.service')}
      value={value}
      unknown={t('emergency.serviceUnknown')}
      isUnknown={fault instanceof ApiProblem && fault.code === 'SERVICE_UNKNOWN'}
      isAnyTaken={isDatabaseAway}
      hasAutofocus={hasAutofocus}
      onChange={onChange}
    />
  );
}
