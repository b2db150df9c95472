import { Fieldset, Group, NativeSelect, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { Controller, type FieldErrors, type UseFormReturn } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { ConditionField } from './condition-field.tsx';
import type { RuleFields } from './rule-fields.ts';
import { useRulesContext } from './rules-context.tsx';

const knownMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

interface MatchFieldsProps {
  form: UseFormReturn<RuleFields>;
  errors: FieldErrors<RuleFields>;
}

/** What a request must be for the rule: path, methods, condition. */
export function MatchFields({ form, errors }: MatchFieldsProps) {
  const { t } = useTranslation();
  const { serviceId } = useRulesContext();
  const { register, control, watch, setValue, clearErrors } = form;
  const [id, pathType, pathValue, celFault] = watch(['id', 'pathType', 'pathValue', 'celFault']);
  const isOpenPrefix = pathType === 'prefix' && pathValue !== '' && !pathValue.endsWith('/');
  return (
    <Fieldset legend={t('rules.match')}>
      <Stack gap="xs">
        <Group gap="xs" align="flex-start" wrap="nowrap">
          <NativeSelect
            label={t('rules.path')}
            data={[
              { value: '', label: t('rules.anyPath') },
              ...(['exact', 'prefix', 'regex'] as const).map((value) => ({
                value,
                label: t(`rules.pathType.${value}`),
              })),
            ]}
            {...register('pathType')}
          />
          {pathType !== '' && (
            <TextInput
              label={t('rules.pathValue')}
              className="grow"
              classNames={{ input: 'mono' }}
              description={
                isOpenPrefix ? t('rules.prefixOpen', { prefix: pathValue }) : t(`rules.pathMeans.${pathType}`)
              }
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              error={errors.pathValue?.message}
              {...register('pathValue')}
            />
          )}
        </Group>
        <Controller
          control={control}
          name="methods"
          render={({ field }) => (
            <TagsInput
              label={t('rules.methods')}
              placeholder={field.value.length === 0 ? t('rules.anyMethod') : ''}
              data={knownMethods}
              error={errors.methods?.message}
              value={field.value}
              onBlur={field.onBlur}
              onChange={(methods) => field.onChange([...new Set(methods.map((one) => one.toUpperCase()))])}
            />
          )}
        />
        <Text size="sm" fw={500}>
          {t('rules.condition')}
        </Text>
        <Controller
          control={control}
          name="when"
          render={({ field }) => (
            <ConditionField
              value={field.value}
              fault={celFault}
              salt={`${serviceId}:${id || 'rule'}`}
              error={errors.when?.message}
              onChange={(when, fault) => {
                setValue('celFault', fault);
                field.onChange(when);
                clearErrors('when');
              }}
            />
          )}
        />
      </Stack>
    </Fieldset>
  );
}
