import { Checkbox, NumberInput, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Balancer, Balancing, Unit } from '../../api/generated/model/index.ts';
import { UnitPicker } from '../rules/unit-picker.tsx';

interface BalancingFieldsProps {
  balancer: Balancer;
  value: Balancing;
  onChange: (value: Balancing) => void;
}

/** What balancers can be told beside their name: the key of the hash, affinity, slow start. */
export function BalancingFields({ balancer, value, onChange }: BalancingFieldsProps) {
  const { t } = useTranslation();
  const set = (part: { [Name in keyof Balancing]?: Balancing[Name] | undefined }) =>
    onChange(prune({ ...value, ...part }));
  const unit = (name: 'hashKey' | 'affinity') => (
    <Stack gap={4}>
      <Checkbox
        label={t(`services.${name}`)}
        description={t(`services.${name}Means`)}
        checked={value[name] !== undefined}
        onChange={(event) => set({ [name]: event.currentTarget.checked ? ({ by: 'user' } satisfies Unit) : undefined })}
      />
      {value[name] && (
        <UnitPicker label={t(`services.${name}Unit`)} value={value[name]} onChange={(next) => set({ [name]: next })} />
      )}
    </Stack>
  );
  return (
    <Stack gap="sm">
      {balancer === 'consistent_hash' && unit('hashKey')}
      {unit('affinity')}
      <NumberInput
        label={t('services.slowStart')}
        description={t('services.slowStartMeans')}
        min={0}
        max={3600}
        decimalScale={1}
        suffix=" s"
        value={(value.slowStartMs ?? 0) / 1000}
        onChange={(seconds) => {
          const ms = Math.round((Number(seconds) || 0) * 1000);
          set({ slowStartMs: ms > 0 ? ms : undefined });
        }}
      />
    </Stack>
  );
}

/** The API takes what is set, and nothing for what is not. */
function prune(value: { [Name in keyof Balancing]?: Balancing[Name] | undefined }): Balancing {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Balancing;
}
