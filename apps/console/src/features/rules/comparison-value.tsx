import { NativeSelect, NumberInput, TagsInput, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Comparison } from './condition-edit.ts';

interface ComparisonValueProps {
  condition: Comparison;
  onChange: (condition: Comparison) => void;
}

/** The field for what a value is compared with; its shape follows from the comparison. */
export function ComparisonValue({ condition, onChange }: ComparisonValueProps) {
  const { t } = useTranslation();
  const label = t('rules.value');
  switch (condition.op) {
    case 'exists':
      return null;
    case 'equals':
      return <ScalarValue condition={condition} onChange={onChange} />;
    case 'in':
      return (
        <TagsInput
          aria-label={label}
          className="grow"
          placeholder={t('rules.valuesHint')}
          value={condition.values.map(String)}
          onChange={(values) => onChange({ ...condition, values: values.map((text) => alike(text, condition.values)) })}
        />
      );
    case 'cidr':
      return (
        <TagsInput
          aria-label={label}
          className="grow"
          placeholder={t('rules.networksHint')}
          value={[...condition.networks]}
          onChange={(networks) => onChange({ ...condition, networks })}
        />
      );
    case 'matches':
      return (
        <TextInput
          aria-label={label}
          className="grow"
          classNames={{ input: 'mono' }}
          placeholder={t('rules.patternHint')}
          value={condition.pattern}
          onChange={(event) => onChange({ ...condition, pattern: event.currentTarget.value })}
        />
      );
    case 'semver':
      return (
        <TextInput
          aria-label={label}
          className="grow"
          classNames={{ input: 'mono' }}
          placeholder={t('rules.rangeHint')}
          value={condition.range}
          onChange={(event) => onChange({ ...condition, range: event.currentTarget.value })}
        />
      );
    case 'modulo':
      return (
        <>
          <NumberInput
            aria-label={t('rules.divisor')}
            w={90}
            min={1}
            max={1_000_000}
            allowDecimal={false}
            value={condition.divisor}
            onChange={(value) => onChange({ ...condition, divisor: Number(value) || 1 })}
          />
          <span className="dim nowrap">{t('rules.below')}</span>
          <NumberInput
            aria-label={t('rules.below')}
            w={90}
            min={0}
            max={1_000_000}
            allowDecimal={false}
            value={condition.below}
            onChange={(value) => onChange({ ...condition, below: Number(value) || 0 })}
          />
        </>
      );
    case 'starts_with':
    case 'ends_with':
    case 'contains':
      return (
        <TextInput
          aria-label={label}
          className="grow"
          classNames={{ input: 'mono' }}
          value={condition.value}
          onChange={(event) => onChange({ ...condition, value: event.currentTarget.value })}
        />
      );
    default:
      return (
        <NumberInput
          aria-label={label}
          w={120}
          value={condition.value}
          onChange={(value) => onChange({ ...condition, value: Number(value) || 0 })}
        />
      );
  }
}

/** Texts typed into a list of numbers are numbers, too, as far as they can be. */
function alike(text: string, values: readonly (string | number | boolean)[]): string | number | boolean {
  const known = values.find((value) => String(value) === text);
  if (known !== undefined) return known;
  const isOfNumbers = values.length > 0 && values.every((value) => typeof value === 'number');
  return isOfNumbers && text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

type Equals = Extract<Comparison, { op: 'equals' }>;

/** Claims and attributes may be numbers and booleans; all else is text. */
function ScalarValue({ condition, onChange }: { condition: Equals; onChange: (condition: Equals) => void }) {
  const { t } = useTranslation();
  const { value, operand } = condition;
  const kind = typeof value as 'string' | 'number' | 'boolean';
  const isTyped = operand.from === 'claim' || operand.from === 'attribute' || kind !== 'string';
  const convert = (to: string) =>
    to === 'number' ? Number(value) || 0 : to === 'boolean' ? value === true || value === 'true' : String(value);
  return (
    <>
      {isTyped && (
        <NativeSelect
          aria-label={t('rules.valueKind')}
          w={84}
          value={kind}
          onChange={(event) => onChange({ ...condition, value: convert(event.currentTarget.value) })}
          data={(['string', 'number', 'boolean'] as const).map((one) => ({
            value: one,
            label: t(`rules.kind.${one}`),
          }))}
        />
      )}
      {kind === 'boolean' ? (
        <NativeSelect
          aria-label={t('rules.value')}
          value={String(value)}
          onChange={(event) => onChange({ ...condition, value: event.currentTarget.value === 'true' })}
          data={['true', 'false']}
        />
      ) : kind === 'number' ? (
        <NumberInput
          aria-label={t('rules.value')}
          className="grow"
          value={value as number}
          onChange={(next) => onChange({ ...condition, value: Number(next) || 0 })}
        />
      ) : (
        <TextInput
          aria-label={t('rules.value')}
          className="grow"
          classNames={{ input: 'mono' }}
          value={String(value)}
          onChange={(event) => onChange({ ...condition, value: event.currentTarget.value })}
        />
      )}
    </>
  );
}
