import { Group, NativeSelect, NumberInput } from '@mantine/core';
import { Controller, useWatch } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { toBasisPoints } from './split-weights.ts';
import type { FieldsProps } from './target-fields.tsx';
import { VersionSelect } from './version-select.tsx';

/** What happens when the version cannot answer, instead of what the service says. */
export function FallbackFields({ control, errors }: FieldsProps) {
  const { t } = useTranslation();
  const mode = useWatch({ control, name: 'fallbackMode' });
  return (
    <Group gap="xs" align="flex-start">
      <Controller
        control={control}
        name="fallbackMode"
        render={({ field }) => (
          <NativeSelect
            label={t('rules.fallback')}
            value={field.value}
            onChange={field.onChange}
            data={[
              { value: '', label: t('rules.asService') },
              ...(['fail', 'baseline', 'nearest', 'version'] as const).map((value) => ({
                value,
                label: t(`fallback.${value}`),
              })),
            ]}
          />
        )}
      />
      {mode === 'version' && (
        <Controller
          control={control}
          name="fallbackVersion"
          render={({ field }) => (
            <VersionSelect
              label={t('terms.version')}
              value={field.value}
              error={errors.fallbackVersion?.message}
              onChange={field.onChange}
            />
          )}
        />
      )}
    </Group>
  );
}

/** Who gets a copy of a part of the requests. */
export function MirrorFields({ control, errors }: FieldsProps) {
  const { t } = useTranslation();
  const version = useWatch({ control, name: 'mirrorVersion' });
  return (
    <Group gap="xs" align="flex-start">
      <Controller
        control={control}
        name="mirrorVersion"
        render={({ field }) => (
          <VersionSelect
            label={t('rules.mirror')}
            value={field.value}
            none={t('rules.noMirror')}
            error={errors.mirrorVersion?.message}
            onChange={field.onChange}
          />
        )}
      />
      {version !== '' && (
        <Controller
          control={control}
          name="mirrorShare"
          render={({ field }) => (
            <NumberInput
              label={t('rules.mirrorShare')}
              w={130}
              min={0}
              max={100}
              decimalScale={2}
              suffix=" %"
              error={errors.mirrorShare?.message}
              value={field.value / 100}
              onBlur={field.onBlur}
              onChange={(value) => field.onChange(toBasisPoints(value))}
            />
          )}
        />
      )}
    </Group>
  );
}
