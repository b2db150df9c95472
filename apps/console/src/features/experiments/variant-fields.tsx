import { ActionIcon, Button, Group, NativeSelect, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Version } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { type FieldFaults, missingWeight, type VariantFields } from './experiment-fields.ts';
import { VariantBar } from './variant-bar.tsx';

interface VariantFieldListProps {
  variants: readonly VariantFields[];
  versions: readonly Version[];
  faults: FieldFaults;
  onChange: (variants: VariantFields[]) => void;
}

/** Variants with version and weight, whether the weights add up, and the bar that they make. */
export function VariantFieldList({ variants, versions, faults, onChange }: VariantFieldListProps) {
  const { t } = useTranslation();
  const { share } = useFormat();
  const missing = missingWeight(variants);
  const set = (index: number, part: Partial<VariantFields>) =>
    onChange(variants.map((one, at) => (at === index ? { ...one, ...part } : one)));
  const fault = (path: string) => faults[path] && t(`experiments.fault.${faults[path]}`);
  const offered = versions.filter(({ status }) => status !== 'retired').map(({ version }) => version);
  return (
    <Stack gap={6} role="group" aria-label={t('experiments.variants')}>
      <Text size="sm" fw={500}>
        {t('experiments.variants')}
      </Text>
      {variants.map(({ name, version, weight }, index) => (
        <div key={index} className="variant-row">
          <TextInput
            aria-label={t('experiments.nameOf', { number: index + 1 })}
            value={name}
            error={fault(`variants.${index}.name`)}
            onChange={(event) => set(index, { name: event.currentTarget.value })}
          />
          <NativeSelect
            aria-label={t('experiments.versionOf', { number: index + 1 })}
            value={version}
            error={fault(`variants.${index}.version`)}
            data={[...(offered.includes(version) ? [] : [version]), ...offered]}
            onChange={(event) => set(index, { version: event.currentTarget.value })}
          />
          <NumberInput
            aria-label={t('experiments.weightOf', { number: index + 1 })}
            min={0}
            max={100}
            decimalScale={2}
            suffix=" %"
            hideControls
            value={weight / 100}
            onChange={(value) => set(index, { weight: Math.round((Number(value) || 0) * 100) })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            disabled={variants.length <= 2}
            aria-label={t('experiments.removeOf', { number: index + 1 })}
            onClick={() => onChange(variants.filter((_, at) => at !== index))}
          >
            <span aria-hidden="true">{'✕'}</span>
          </ActionIcon>
        </div>
      ))}
      <VariantBar variants={variants} />
      <Group gap="xs">
        <Button
          variant="default"
          size="compact-xs"
          disabled={variants.length >= 20}
          onClick={() => onChange([...variants, { name: '', version: offered[0] ?? '', weight: 0 }])}
        >
          {t('experiments.addVariant')}
        </Button>
        <Button variant="subtle" size="compact-xs" onClick={() => onChange(spreadEvenly(variants))}>
          {t('experiments.spreadEvenly')}
        </Button>
        <Text size="xs" role="status" c={missing === 0 ? 'dimmed' : 'var(--bad)'}>
          {missing === 0
            ? t('services.sumFits')
            : missing > 0
              ? t('services.sumShort', { share: share(missing) })
              : t('services.sumOver', { share: share(-missing) })}
        </Text>
      </Group>
    </Stack>
  );
}

/** Equal weights in whole basis points; the first ones get what does not divide. */
function spreadEvenly(variants: readonly VariantFields[]): VariantFields[] {
  const part = Math.floor(10_000 / variants.length);
  const rest = 10_000 - part * variants.length;
  return variants.map((one, index) => ({ ...one, weight: part + (index < rest ? 1 : 0) }));
}
