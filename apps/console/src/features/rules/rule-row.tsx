import { useSortable } from '@dnd-kit/sortable';
import { CSS } from '@dnd-kit/utilities';
import { ActionIcon, Group, Menu, Switch } from '@mantine/core';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { RuleFinding } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { StatusLabel } from '../../parts/status.tsx';
import { FindingList } from './finding-list.tsx';
import { MatchCell, TargetCell } from './rule-cells.tsx';
import type { Rule } from './rule-types.ts';

/** What can be done to a rule; absent where the rules are only shown. */
export interface RuleActions {
  open(ruleId: string): void;
  duplicate(ruleId: string): void;
  remove(ruleId: string): void;
  setEnabled(ruleId: string, isEnabled: boolean): void;
}

interface RuleRowProps {
  rule: Rule;
  index: number;
  measure: (node: HTMLTableSectionElement | null) => void;
  findings: readonly RuleFinding[];
  actions: RuleActions | null;
  canDrag: boolean;
  isMarked: boolean;
  nameOf: (ruleId: string) => string;
  onShowRule: (ruleId: string) => void;
}

export const ruleColumnCount = 6;

/** A rule and what the analysis says of it: a group of rows that moves as one. */
export const RuleRow = memo(function RuleRow(props: RuleRowProps) {
  const { rule, index, measure, findings, actions, canDrag, isMarked, nameOf, onShowRule } = props;
  const { t } = useTranslation();
  const { number } = useFormat();
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, transform, transition, isDragging } = useSortable({
    id: rule.id,
    disabled: !canDrag,
  });
  const { name } = rule;
  return (
    <tbody
      ref={(node) => {
        setNodeRef(node);
        measure(node);
      }}
      data-index={index}
      id={`rule-${rule.id}`}
      tabIndex={-1}
      data-dragging={isDragging}
      data-marked={isMarked}
      data-off={!rule.isEnabled}
      style={{ transform: CSS.Translate.toString(transform), transition: transition ?? undefined }}
    >
      <tr aria-rowindex={index + 2}>
        <td className="num">
          <Group gap={4} wrap="nowrap" justify="flex-end">
            {canDrag && (
              <button
                ref={setActivatorNodeRef}
                type="button"
                className="drag-handle"
                {...attributes}
                {...listeners}
                aria-label={t('rules.moveOf', { name })}
              >
                <span aria-hidden="true">{'⠿'}</span>
              </button>
            )}
            {number(index + 1)}
          </Group>
        </td>
        <td>
          {actions ? (
            <Switch
              size="xs"
              checked={rule.isEnabled}
              aria-label={t('rules.enabledOf', { name })}
              onChange={(event) => actions.setEnabled(rule.id, event.currentTarget.checked)}
            />
          ) : (
            <StatusLabel tone={rule.isEnabled ? 'good' : 'plain'}>
              {t(rule.isEnabled ? 'rules.on' : 'rules.off')}
            </StatusLabel>
          )}
        </td>
        <td className="wrapping">
          {actions ? (
            <button type="button" className="text-link rule-name" onClick={() => actions.open(rule.id)}>
              {name}
            </button>
          ) : (
            <span className="rule-name">{name}</span>
          )}
          <div className="dim">
            <span className="mono">{rule.id}</span>
            {' · '}
            <span className="nowrap">{t('rules.priorityOf', { priority: number(rule.priority) })}</span>
          </div>
        </td>
        <td className="wrapping">
          <MatchCell rule={rule} />
        </td>
        <td className="wrapping">
          <TargetCell rule={rule} />
        </td>
        <td>{actions && <RuleMenu rule={rule} actions={actions} />}</td>
      </tr>
      {findings.length > 0 && (
        <tr className="finding-row">
          <td />
          <td colSpan={ruleColumnCount - 1} className="wrapping">
            <FindingList findings={findings} nameOf={nameOf} onShowRule={onShowRule} at={rule.id} />
          </td>
        </tr>
      )}
    </tbody>
  );
});

function RuleMenu({ rule, actions }: { rule: Rule; actions: RuleActions }) {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t('rules.actionsOf', { name: rule.name })}>
          <span aria-hidden="true">{'⋯'}</span>
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => actions.open(rule.id)}>{t('action.edit')}</Menu.Item>
        <Menu.Item onClick={() => actions.duplicate(rule.id)}>{t('rules.duplicate')}</Menu.Item>
        <Menu.Item onClick={() => actions.remove(rule.id)}>{t('action.delete')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
