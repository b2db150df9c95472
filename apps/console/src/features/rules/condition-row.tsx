import { ActionIcon, Checkbox, NativeSelect, NumberInput, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ComparisonValue } from './comparison-value.tsx';
import {
  type Comparison,
  comparisonOps,
  isComparison,
  type Leaf,
  namedSources,
  otherSubjects,
  plainSources,
  type Subject,
  subjectOf,
  withOp,
  withSubject,
} from './condition-edit.ts';
import type { Condition } from './rule-types.ts';
import { useRulesContext } from './rules-context.tsx';
import { toBasisPoints } from './split-weights.ts';
import { TimeCondition } from './time-condition.tsx';
import { UnitPicker } from './unit-picker.tsx';

interface ConditionRowProps {
  condition: Leaf;
  isNot: boolean;
  /** For a percentage that is added here. */
  salt: string;
  onChange: (condition: Condition) => void;
  onRemove: () => void;
}

/** One comparison: what, how, with what; turned around by "not". */
export function ConditionRow({ condition, isNot, salt, onChange, onRemove }: ConditionRowProps) {
  const { t } = useTranslation();
  const say = (leaf: Condition, not = isNot) => onChange(not ? { op: 'not', of: leaf } : leaf);
  const subject = subjectOf(condition);
  const option = (value: Subject) => ({ value, label: t(`rules.subject.${value}`) });
  return (
    <div className="condition-row">
      <Checkbox
        size="xs"
        label={t('rules.not')}
        checked={isNot}
        onChange={(event) => say(condition, event.currentTarget.checked)}
      />
      <div className="condition-fields">
        <NativeSelect
          aria-label={t('rules.subjectLabel')}
          w={128}
          value={subject}
          onChange={(event) => say(withSubject(condition, event.currentTarget.value as Subject, salt))}
          data={[
            { group: t('rules.subjects.named'), items: namedSources.map(option) },
            { group: t('rules.subjects.plain'), items: plainSources.map(option) },
            { group: t('rules.subjects.other'), items: otherSubjects.map(option) },
          ]}
        />
        {isComparison(condition) ? (
          <ComparisonFields condition={condition} onChange={say} />
        ) : (
          <OtherFields condition={condition} onChange={say} />
        )}
      </div>
      <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t('rules.removeCondition')} onClick={onRemove}>
        <span aria-hidden="true">{'✕'}</span>
      </ActionIcon>
    </div>
  );
}

function ComparisonFields({ condition, onChange }: { condition: Comparison; onChange: (next: Comparison) => void }) {
  const { t } = useTranslation();
  const { headerNames } = useRulesContext();
  const { operand } = condition;
  return (
    <>
      {'name' in operand && (
        <TextInput
          aria-label={t('rules.nameLabel')}
          placeholder={t('rules.unitName')}
          w={128}
          classNames={{ input: 'mono' }}
          list={operand.from === 'header' ? 'rule-header-names' : undefined}
          value={operand.name}
          onChange={(event) => onChange({ ...condition, operand: { ...operand, name: event.currentTarget.value } })}
        />
      )}
      {operand.from === 'header' && (
        <datalist id="rule-header-names">
          {headerNames.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      )}
      <NativeSelect
        aria-label={t('rules.opLabel')}
        w={132}
        value={condition.op}
        onChange={(event) => onChange(withOp(condition, event.currentTarget.value as Comparison['op']))}
        data={comparisonOps.map((value) => ({ value, label: t(`rules.op.${value}`) }))}
      />
      <ComparisonValue condition={condition} onChange={onChange} />
    </>
  );
}

function OtherFields({ condition, onChange }: { condition: Leaf; onChange: (next: Condition) => void }) {
  const { t } = useTranslation();
  switch (condition.op) {
    case 'time':
      return <TimeCondition condition={condition} onChange={onChange} />;
    case 'random':
      return (
        <NumberInput
          aria-label={t('rules.share')}
          w={100}
          min={0}
          max={100}
          decimalScale={2}
          suffix=" %"
          value={condition.below * 100}
          onChange={(value) => onChange({ op: 'random', below: toBasisPoints(value) / 10_000 })}
        />
      );
    case 'percentage': {
      const { portion } = condition;
      const set = (part: Partial<typeof portion>) => onChange({ op: 'percentage', portion: { ...portion, ...part } });
      return (
        <div className="condition-portion">
          <NumberInput
            label={t('rules.share')}
            w={90}
            min={0}
            max={100}
            decimalScale={2}
            suffix=" %"
            value={portion.share / 100}
            onChange={(value) => set({ share: toBasisPoints(value) })}
          />
          <UnitPicker label={t('rules.unitLabel')} value={portion.unit} onChange={(unit) => set({ unit })} />
          <TextInput
            label={t('rules.salt')}
            w={150}
            classNames={{ input: 'mono' }}
            value={portion.salt}
            onChange={(event) => set({ salt: event.currentTarget.value })}
          />
        </div>
      );
    }
    case 'cel':
      return (
        <div className="grow">
          <TextInput
            aria-label={t('rules.subject.cel')}
            classNames={{ input: 'mono' }}
            value={condition.expression}
            onChange={(event) => onChange({ op: 'cel', expression: event.currentTarget.value })}
          />
          <Text size="xs" c="dimmed">
            {t('rules.celOnly')}
          </Text>
        </div>
      );
    default:
      return null;
  }
}
