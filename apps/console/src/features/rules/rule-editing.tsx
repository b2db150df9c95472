import { Button, Checkbox, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import { useCallback, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RuleFinding } from '../../api/generated/model/index.ts';
import { Empty } from '../../parts/states.tsx';
import { duplicateRule, moveRule, withoutRule, withRule } from './edit-rule-set.ts';
import { inEvaluationOrder } from './evaluation-order.ts';
import { FindingList } from './finding-list.tsx';
import { findingsByRule } from './finding-words.ts';
import { RuleForm } from './rule-form.tsx';
import type { RuleActions } from './rule-row.tsx';
import { type MarkedRule, RuleTable } from './rule-table.tsx';
import type { Rule } from './rule-types.ts';
import { useRulesContext } from './rules-context.tsx';
import { searchRules } from './search-rules.ts';
import type { Findings } from './use-findings.ts';
import type { RuleWork } from './use-rule-work.ts';

interface RuleEditingProps {
  work: RuleWork;
  findings: Findings;
  onImport: () => void;
}

const none: readonly RuleFinding[] = [];

/** The rules of the working copy: to be looked through, ordered, switched, edited. */
export function RuleEditing({ work, findings, onImport }: RuleEditingProps) {
  const { t } = useTranslation();
  const { mayDraft } = useRulesContext();
  const { rule: linked } = useSearch({ from: '/shell/services/$serviceId/rules' });
  const [order, setOrder] = useState<'declared' | 'evaluated'>('declared');
  const [search, setSearch] = useState('');
  const [opened, setOpened] = useState<string | 'new' | null>(null);
  const [marked, setMarked] = useState<MarkedRule | null>(linked ? { id: linked } : null);
  const { rules } = work.ruleSet;
  const ordered = useMemo(() => (order === 'declared' ? rules : inEvaluationOrder(rules)), [order, rules]);
  const shown = useMemo(() => searchRules(ordered, search), [ordered, search]);
  const list = findings.list ?? none;
  const byRule = useMemo(() => findingsByRule(list), [list]);
  const ofSet = list.filter(({ ruleId, otherRuleId }) => ruleId === null && otherRuleId === null);
  const names = useMemo(() => new Map(rules.map(({ id, name }) => [id, name])), [rules]);
  const nameOf = useCallback((id: string) => names.get(id) ?? id, [names]);
  const showRule = useCallback((id: string) => {
    setSearch('');
    setMarked({ id });
  }, []);
  // Rows are many and remembered: their actions reach the newest working copy through this.
  const latest = useRef(work);
  latest.current = work;
  const actions = useMemo(
    (): RuleActions => ({
      open: setOpened,
      duplicate: (id) =>
        latest.current.edit(duplicateRule(latest.current.ruleSet, id, (name) => t('rules.copyOf', { name }))),
      remove: (id) => latest.current.edit(withoutRule(latest.current.ruleSet, id)),
      setEnabled: (id, isEnabled) => {
        const rule = latest.current.ruleSet.rules.find((one) => one.id === id);
        if (rule) latest.current.edit(withRule(latest.current.ruleSet, { ...rule, isEnabled }));
      },
    }),
    [t],
  );
  const canMove = mayDraft && order === 'declared' && search === '';
  const current = rules.find(({ id }) => id === opened);
  const { judge } = findings;
  const judgeRule = useCallback(
    (rule: Rule) =>
      judge(withRule(work.ruleSet, rule, current?.id))?.filter(
        ({ ruleId, otherRuleId }) => ruleId === rule.id || otherRuleId === rule.id,
      ) ?? none,
    [judge, work.ruleSet, current?.id],
  );
  const others = useMemo(() => new Set(rules.map(({ id }) => id).filter((id) => id !== opened)), [rules, opened]);
  return (
    <Stack gap="xs">
      <Group justify="space-between" gap="sm">
        <Group gap="sm">
          <TextInput
            aria-label={t('rules.search')}
            placeholder={t('rules.search')}
            w={240}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
          <SegmentedControl
            size="xs"
            aria-label={t('rules.order')}
            value={order}
            onChange={(next) => setOrder(next as typeof order)}
            data={(['declared', 'evaluated'] as const).map((value) => ({ value, label: t(`rules.orders.${value}`) }))}
          />
          <Checkbox
            size="xs"
            label={t('rules.normalizePath')}
            title={t('rules.normalizeMeans')}
            disabled={!mayDraft}
            checked={work.ruleSet.normalizePath}
            onChange={(event) => work.edit({ ...work.ruleSet, normalizePath: event.currentTarget.checked })}
          />
        </Group>
        {mayDraft && <Button onClick={() => setOpened('new')}>{t('rules.create')}</Button>}
      </Group>
      {ofSet.length > 0 && <FindingList findings={ofSet} nameOf={nameOf} />}
      {order === 'evaluated' && (
        <Text size="xs" c="dimmed">
          {t('rules.evaluatedMeans')}
        </Text>
      )}
      {rules.length === 0 && (
        <Empty
          action={
            mayDraft && (
              <Group gap="xs">
                <Button variant="default" onClick={() => setOpened('new')}>
                  {t('rules.create')}
                </Button>
                <Button variant="default" onClick={onImport}>
                  {t('rules.import.open')}
                </Button>
              </Group>
            )
          }
        >
          {t('rules.none')}
        </Empty>
      )}
      {rules.length > 0 && shown.length === 0 && <Empty>{t('rules.noneFits')}</Empty>}
      {shown.length > 0 && (
        <RuleTable
          rules={shown}
          findings={byRule}
          actions={mayDraft ? actions : null}
          onMove={canMove ? (id, over) => work.edit(moveRule(work.ruleSet, id, over)) : undefined}
          marked={marked}
          nameOf={nameOf}
          onShowRule={showRule}
        />
      )}
      {(opened === 'new' || current) && (
        <RuleForm
          {...(current ? { rule: current } : {})}
          taken={others}
          judge={judgeRule}
          nameOf={nameOf}
          onClose={() => setOpened(null)}
          onDone={(rule) => {
            work.edit(withRule(work.ruleSet, rule));
            setOpened(null);
          }}
        />
      )}
    </Stack>
  );
}
