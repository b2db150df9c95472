import {
  Button,
  Fieldset,
  Group,
  NativeSelect,
  NumberInput,
  Stack,
  Switch,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core';
import { useEffect, useRef } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { SidePanel } from '../../parts/side-panel.tsx';
import { checkRule } from './check-rule.ts';
import { ConditionField } from './condition-field.tsx';
import { FallbackFields, MirrorFields } from './extra-fields.tsx';
import { idFromName, type RuleFields, toFields, toRule } from './rule-fields.ts';
import type { Rule } from './rule-types.ts';
import { useRulesContext } from './rules-context.tsx';
import { TargetFields } from './target-fields.tsx';
import { useFaultWords } from './use-fault-words.ts';

const knownMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

interface RuleFormProps {
  /** Absent: a new rule. */
  rule?: Rule;
  /** Ids of the other rules. */
  taken: ReadonlySet<string>;
  onDone: (rule: Rule) => void;
  onClose: () => void;
}

/** One rule, in all it can say. What is done here is an edit of the draft: nothing routes by it before it is published. */
export function RuleForm({ rule, taken, onDone, onClose }: RuleFormProps) {
  const { t } = useTranslation();
  const { serviceId } = useRulesContext();
  const faultWords = useFaultWords();
  const words = useRef(faultWords);
  words.current = faultWords;
  const { register, control, handleSubmit, formState, watch, setValue, clearErrors } = useForm<RuleFields>({
    defaultValues: toFields(rule),
    mode: 'onTouched',
    resolver: (values) => {
      const errors: Record<string, { type: string; message: string }> = {};
      for (const fault of checkRule(values, taken))
        errors[fault.field] ??= { type: fault.fault, message: words.current(fault, values) };
      const isFine = Object.keys(errors).length === 0;
      return isFine ? { values, errors: {} } : { values: {}, errors };
    },
  });
  const { errors, dirtyFields } = formState;
  const [name, id, pathType, pathValue, celFault] = watch(['name', 'id', 'pathType', 'pathValue', 'celFault']);
  const isIdOwn = rule !== undefined || dirtyFields.id === true;
  useEffect(() => {
    if (!isIdOwn) setValue('id', name.trim() ? idFromName(name, taken) : '');
  }, [isIdOwn, name, setValue, taken]);
  const isOpenPrefix = pathType === 'prefix' && pathValue !== '' && !pathValue.endsWith('/');
  return (
    <SidePanel onClose={onClose} title={rule ? t('rules.editTitle', { name: rule.name }) : t('rules.create')}>
      <form
        className="rule-form"
        onSubmit={handleSubmit((fields) => onDone(toRule(fields)))}
        noValidate
        aria-label={t('rules.rule')}
      >
        <Stack gap="sm">
          <Group gap="sm" align="flex-start" grow>
            <TextInput label={t('rules.name')} data-autofocus error={errors.name?.message} {...register('name')} />
            <TextInput
              label={t('rules.id')}
              description={t('rules.idMeans')}
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              classNames={{ input: 'mono' }}
              readOnly={rule !== undefined}
              error={errors.id?.message}
              {...register('id')}
            />
          </Group>
          <Group gap="md" align="flex-end">
            <Controller
              control={control}
              name="priority"
              render={({ field }) => (
                <NumberInput
                  label={t('rules.priority')}
                  w={140}
                  allowDecimal={false}
                  error={errors.priority?.message}
                  value={field.value}
                  onBlur={field.onBlur}
                  onChange={(value) => field.onChange(value === '' ? '' : Number(value))}
                />
              )}
            />
            <Controller
              control={control}
              name="isEnabled"
              render={({ field }) => (
                <Switch
                  size="xs"
                  mb={6}
                  label={t('rules.isEnabled')}
                  checked={field.value}
                  onBlur={field.onBlur}
                  onChange={(event) => field.onChange(event.currentTarget.checked)}
                />
              )}
            />
            <Text size="xs" c="dimmed" mb={6}>
              {t('rules.orderMeans')}
            </Text>
          </Group>
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
          <TargetFields control={control} errors={errors} />
          <Fieldset legend={t('rules.extras')}>
            <Stack gap="xs">
              <FallbackFields control={control} errors={errors} />
              <MirrorFields control={control} errors={errors} />
            </Stack>
          </Fieldset>
          <Group justify="flex-end" gap="xs" className="panel-actions">
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button type="submit">{rule ? t('rules.takeOver') : t('rules.add')}</Button>
          </Group>
        </Stack>
      </form>
    </SidePanel>
  );
}
