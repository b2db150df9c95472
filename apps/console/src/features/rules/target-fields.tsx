import { Autocomplete, Fieldset, Group, NativeSelect, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { type Control, Controller, type FieldErrors, useWatch } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import type { RuleFields } from './rule-fields.ts';
import { useRulesContext } from './rules-context.tsx';
import { SplitFields } from './split-fields.tsx';
import { UnitPicker } from './unit-picker.tsx';
import { VersionSelect } from './version-select.tsx';

export interface FieldsProps {
  control: Control<RuleFields>;
  errors: FieldErrors<RuleFields>;
}

/** Where the rule sends a request: to a version, into a split, into a lane. */
export function TargetFields({ control, errors }: FieldsProps) {
  const { t } = useTranslation();
  const { laneTags } = useRulesContext();
  const kind = useWatch({ control, name: 'kind' });
  return (
    <Fieldset legend={t('rules.target')}>
      <Stack gap="xs" align="stretch">
        <Controller
          control={control}
          name="kind"
          render={({ field }) => (
            <SegmentedControl
              size="xs"
              w="max-content"
              aria-label={t('rules.target')}
              value={field.value}
              onChange={field.onChange}
              data={(['version', 'split', 'lane'] as const).map((value) => ({ value, label: t(`rules.to.${value}`) }))}
            />
          )}
        />
        {kind === 'version' && (
          <Controller
            control={control}
            name="version"
            render={({ field }) => (
              <VersionSelect
                label={t('terms.version')}
                value={field.value}
                error={errors.version?.message}
                onChange={field.onChange}
              />
            )}
          />
        )}
        {kind === 'split' && <SplitTarget control={control} errors={errors} />}
        {kind === 'lane' && (
          <Controller
            control={control}
            name="tag"
            render={({ field }) => (
              <Autocomplete
                size="xs"
                label={t('rules.laneTag')}
                description={t('rules.laneMeans')}
                data={[...laneTags]}
                value={field.value}
                error={errors.tag?.message}
                onBlur={field.onBlur}
                onChange={field.onChange}
              />
            )}
          />
        )}
      </Stack>
    </Fieldset>
  );
}

function SplitTarget({ control, errors }: FieldsProps) {
  const { t } = useTranslation();
  return (
    <>
      <Controller
        control={control}
        name="shares"
        render={({ field }) => (
          <SplitFields shares={field.value} error={errors.shares?.message} onChange={field.onChange} />
        )}
      />
      <Group gap="md" align="flex-start">
        <Controller
          control={control}
          name="unit"
          render={({ field }) => (
            <UnitPicker
              label={t('rules.unitLabel')}
              value={field.value}
              error={errors.unit?.message}
              onChange={field.onChange}
            />
          )}
        />
        <Controller
          control={control}
          name="whenMissing"
          render={({ field }) => (
            <NativeSelect
              label={t('rules.whenMissing')}
              value={field.value}
              onChange={field.onChange}
              data={(['tenant', 'skip', 'random'] as const).map((value) => ({
                value,
                label: t(`rules.missing.${value}`),
              }))}
            />
          )}
        />
      </Group>
      <Controller
        control={control}
        name="salt"
        render={({ field }) => (
          <TextInput
            label={t('rules.salt')}
            description={t('rules.saltMeans')}
            classNames={{ input: 'mono' }}
            error={errors.salt?.message}
            {...field}
          />
        )}
      />
      <Text size="xs" c="dimmed">
        {t('rules.bucketsMeans')}
      </Text>
    </>
  );
}
