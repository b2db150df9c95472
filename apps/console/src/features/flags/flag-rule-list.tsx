import { Button, Group, NumberInput, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { CelField } from '../../parts/cel-field.tsx';
import { UnitPicker } from '../rules/unit-picker.tsx';
import { everybody, type FlagFields, type FlagRuleFields } from './flag-fields.ts';
import { FlagValue } from './flag-value.tsx';

interface FlagRuleListProps {
  fields: FlagFields;
  fault: (path: string) => string | undefined;
  onChange: (rules: FlagRuleFields[]) => void;
}

/** Rules of a flag in order; the first that holds gives its value. */
export function FlagRuleList({ fields: { rules, type, value }, fault, onChange }: FlagRuleListProps) {
  const { t } = useTranslation();
  const set = (index: number, part: Partial<FlagRuleFields>) =>
    onChange(rules.map((rule, at) => (at === index ? { ...rule, ...part } : rule)));
  return (
    <Stack gap="xs">
      <Text size="sm" fw={500}>
        {t('flags.rules')}
      </Text>
      {rules.map((rule, index) => (
        <fieldset key={index} className="panel" aria-label={t('flags.ruleOf', { number: index + 1 })}>
          <Stack gap="xs">
            <CelField label={t('flags.when')} value={rule.when} onChange={(when) => set(index, { when })} />
            <Group gap="sm" align="flex-start">
              <NumberInput
                label={t('lanes.share')}
                w={110}
                min={0}
                max={100}
                decimalScale={2}
                suffix=" %"
                value={rule.share / 100}
                onChange={(share) => set(index, { share: Math.round((Number(share) || 0) * 100) })}
              />
              {rule.share < everybody && (
                <UnitPicker
                  label={t('lanes.unit')}
                  value={rule.unit}
                  error={fault(`rules.${index}.unit`)}
                  onChange={(unit) => set(index, { unit })}
                />
              )}
              <FlagValue
                label={t('flags.thenValue')}
                type={type}
                value={rule.value}
                error={fault(`rules.${index}.value`)}
                onChange={(next) => set(index, { value: next })}
              />
            </Group>
            <Button
              variant="subtle"
              color="gray"
              size="compact-xs"
              w="max-content"
              onClick={() => onChange(rules.filter((_, at) => at !== index))}
            >
              {t('flags.removeRule', { number: index + 1 })}
            </Button>
          </Stack>
        </fieldset>
      ))}
      <Button
        variant="default"
        size="compact-xs"
        w="max-content"
        onClick={() => onChange([...rules, { when: '', share: everybody, unit: { by: 'user' }, salt: null, value }])}
      >
        {t('flags.addRule')}
      </Button>
    </Stack>
  );
}
