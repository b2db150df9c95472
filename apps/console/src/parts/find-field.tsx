import { useTranslation } from 'react-i18next';
import { FoundField, type FoundKind, useFound } from './found-field.tsx';

interface FindFieldProps {
  label: string;
  value: string;
  onChange: (id: string) => void;
  error?: string | undefined;
  description?: string;
  isFixed?: boolean;
  hasAutofocus?: boolean;
  width?: number;
}

/** A field for the id of a tenant, which is found by id or name. Any text is taken: the API knows who exists. */
export function TenantField({ label, ...props }: Omit<FindFieldProps, 'label'> & { label?: string }) {
  const { t } = useTranslation();
  return <FindField {...props} label={label ?? t('terms.tenant')} of="tenants" />;
}

/** The same for a service. */
export function ServiceField({ label, ...props }: Omit<FindFieldProps, 'label'> & { label?: string }) {
  const { t } = useTranslation();
  return <FindField {...props} label={label ?? t('terms.service')} of="services" />;
}

function FindField(props: FindFieldProps & { of: FoundKind }) {
  const { of, value, isFixed = false, hasAutofocus = false, width, ...field } = props;
  const { names } = useFound(of, value, !isFixed);
  return (
    <FoundField
      {...field}
      {...(width ? { w: width } : {})}
      {...(hasAutofocus ? { 'data-autofocus': true } : {})}
      names={names}
      value={value}
      readOnly={isFixed}
    />
  );
}
