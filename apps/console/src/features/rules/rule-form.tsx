import { Button, Fieldset, Group, NumberInput, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import type { RuleFinding } from '../../api/generated/model/index.ts';
import { SidePanel } from '../../parts/side-panel.tsx';
import { checkRule } from './check-rule.ts';
import { FallbackFields, MirrorFields } from './extra-fields.tsx';
import { MatchFields } from './match-fields.tsx';
import { idFromName, type RuleFields, toFields, toRule } from './rule-fields.ts';
import { RuleFormFindings } from './rule-form-findings.tsx';
import type { Rule } from './rule-types.ts';
import { TargetFields } from './target-fields.tsx';
import { useFaultWords } from './use-fault-words.ts';

interface RuleFormProps {
  /** Absent: a new rule. */
  rule?: Rule;
  /** Ids of the other rules. */
  taken: ReadonlySet<string>;
  judge: (rule: Rule) => readonly RuleFinding[];
  nameOf: (ruleId: string) => string;
  onDone: (rule: Rule) => void;
  onClose: () => void;
}

/** One rule, in all it can say. What is done here is an edit of the draft: nothing routes by it before it is published. */
export function RuleForm({ rule, taken, judge, nameOf, onDone, onClose }: RuleFormProps) {
  const { t } = useTranslation();
  const faultWords = useFaultWords();
  const words = useRef(faultWords);
  words.current = faultWords;
  const fields = useForm<RuleFields>({
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
  const { register, control, handleSubmit, formState, watch, setValue } = fields;
  const { errors, dirtyFields } = formState;
  const name = watch('name');
  const isIdOwn = rule !== undefined || dirtyFields.id === true;
  useEffect(() => {
    if (!isIdOwn) setValue('id', name.trim() ? idFromName(name, taken) : '');
  }, [isIdOwn, name, setValue, taken]);
  const form = useRef<HTMLFormElement>(null);
  // Not every field can take the focus; what is wrong must be in sight all the same.
  const showFault = () =>
    requestAnimationFrame(() =>
      form.current?.querySelector('[aria-invalid="true"], [role="alert"]')?.scrollIntoView({ block: 'center' }),
    );
  const faultCount = Object.keys(errors).length;
  return (
    <SidePanel onClose={onClose} title={rule ? t('rules.editTitle', { name: rule.name }) : t('rules.create')}>
      <form
        className="rule-form"
        ref={form}
        onSubmit={handleSubmit((done) => onDone(toRule(done)), showFault)}
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
          <MatchFields form={fields} errors={errors} />
          <TargetFields control={control} errors={errors} />
          <Fieldset legend={t('rules.extras')}>
            <Stack gap="xs">
              <FallbackFields control={control} errors={errors} />
              <MirrorFields control={control} errors={errors} />
            </Stack>
          </Fieldset>
          <RuleFormFindings control={control} judge={judge} nameOf={nameOf} />
          <Group justify="flex-end" gap="xs" className="panel-actions">
            {faultCount > 0 && (
              <Text size="sm" c="var(--bad)" role="status" mr="auto">
                {t('rules.faults', { count: faultCount })}
              </Text>
            )}
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
