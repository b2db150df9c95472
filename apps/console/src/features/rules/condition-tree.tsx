import { ActionIcon, Button, Checkbox, Group as Line, SegmentedControl } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { firstComparison, type Group, isGroup, type Leaf } from './condition-edit.ts';
import { ConditionRow } from './condition-row.tsx';
import type { Condition } from './rule-types.ts';

interface ConditionTreeProps {
  group: Group;
  salt: string;
  onChange: (group: Group) => void;
}

/** Rows and groups of rows, of which all or any must hold. */
export function ConditionTree({ group, salt, onChange }: ConditionTreeProps) {
  const { t } = useTranslation();
  const { op, of } = group;
  const replace = (index: number, next: Condition | null) =>
    onChange({ op, of: next === null ? of.toSpliced(index, 1) : of.with(index, next) });
  const add = (condition: Condition) => onChange({ op, of: [...of, condition] });
  return (
    <div className="condition-group" data-op={op}>
      {of.length > 1 && (
        <SegmentedControl
          size="xs"
          aria-label={t('rules.combine')}
          value={op}
          onChange={(next) => onChange({ op: next as Group['op'], of })}
          data={(['all', 'any'] as const).map((value) => ({ value, label: t(`rules.group.${value}`) }))}
        />
      )}
      {of.map((condition, index) => (
        <Part
          // Rows have no identity but their place; each is fully controlled, so none carries state along.
          key={index}
          condition={condition}
          salt={salt}
          onChange={(next) => replace(index, next)}
          onRemove={() => replace(index, null)}
        />
      ))}
      <Line gap="xs">
        <Button variant="default" size="compact-xs" onClick={() => add(firstComparison)}>
          {t('rules.addCondition')}
        </Button>
        <Button
          variant="subtle"
          size="compact-xs"
          onClick={() => add({ op: op === 'all' ? 'any' : 'all', of: [firstComparison, firstComparison] })}
        >
          {t('rules.addGroup')}
        </Button>
      </Line>
    </div>
  );
}

interface PartProps {
  condition: Condition;
  salt: string;
  onChange: (condition: Condition) => void;
  onRemove: () => void;
}

function Part({ condition, salt, onChange, onRemove }: PartProps) {
  const isNot = condition.op === 'not';
  const inner = isNot ? condition.of : condition;
  if (isGroup(inner))
    return <SubGroup group={inner} isNot={isNot} salt={salt} onChange={onChange} onRemove={onRemove} />;
  // A double negation is kept as a group of one, so that each row has at most one "not".
  if (inner.op === 'not')
    return (
      <SubGroup group={{ op: 'all', of: [inner] }} isNot={isNot} salt={salt} onChange={onChange} onRemove={onRemove} />
    );
  return <ConditionRow condition={inner as Leaf} isNot={isNot} salt={salt} onChange={onChange} onRemove={onRemove} />;
}

interface SubGroupProps extends Omit<PartProps, 'condition'> {
  group: Group;
  isNot: boolean;
}

function SubGroup({ group, isNot, salt, onChange, onRemove }: SubGroupProps) {
  const { t } = useTranslation();
  const say = (next: Group, not: boolean) => onChange(not ? { op: 'not', of: next } : next);
  return (
    <div className="condition-sub">
      <Line justify="space-between">
        <Checkbox
          size="xs"
          label={t('rules.notGroup')}
          checked={isNot}
          onChange={(event) => say(group, event.currentTarget.checked)}
        />
        <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t('rules.removeGroup')} onClick={onRemove}>
          <span aria-hidden="true">{'✕'}</span>
        </ActionIcon>
      </Line>
      <ConditionTree
        group={group}
        salt={salt}
        onChange={(next) => (next.of.length === 0 ? onRemove() : say(next, isNot))}
      />
    </div>
  );
}
