import { NativeSelect } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useRulesContext } from './rules-context.tsx';

interface VersionSelectProps {
  label: string;
  isLabelHidden?: boolean;
  value: string;
  error?: string | undefined;
  /** What choosing nothing means; absent: "choose". */
  none?: string;
  onChange: (version: string) => void;
}

/** A version of the service: retired ones, and those without an instance, say so. */
export function VersionSelect({ label, isLabelHidden = false, value, error, none, onChange }: VersionSelectProps) {
  const { t } = useTranslation();
  const { versions } = useRulesContext();
  const offered = versions.filter(({ version, status }) => status !== 'retired' || version === value);
  const isKnown = value === '' || versions.some(({ version }) => version === value);
  return (
    <NativeSelect
      {...(isLabelHidden ? { 'aria-label': label } : { label })}
      value={value}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
      data={[
        { value: '', label: none ?? t('rules.chooseVersion') },
        ...(isKnown ? [] : [{ value, label: t('rules.unknownVersion', { version: value }) }]),
        ...offered.map(({ version, status, instanceCount }) => ({
          value: version,
          label: [
            version,
            ...(status === 'active' ? [] : [t(`versionStatus.${status}`)]),
            ...(instanceCount === 0 ? [t('rules.withoutInstance')] : []),
          ].join(' · '),
        })),
      ]}
    />
  );
}
