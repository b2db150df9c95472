import { Tabs, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CelEditor } from './cel-editor.tsx';
import { asGroup, fromGroup, holdsCel } from './condition-edit.ts';
import { ConditionTree } from './condition-tree.tsx';
import type { Condition } from './rule-types.ts';

interface ConditionFieldProps {
  value: Condition | null;
  /** Why the text of the CEL tab cannot be read, if so. */
  fault: string | null;
  /** For a percentage that is added here. */
  salt: string;
  error?: string | undefined;
  onChange: (value: Condition | null, fault: string | null) => void;
}

/** A condition as a form and as CEL: two views of one value, so that each shows what was done in the other. */
export function ConditionField({ value, fault, salt, error, onChange }: ConditionFieldProps) {
  const { t } = useTranslation();
  const [view, setView] = useState<string | null>('tree');
  // What the tree shows while rows are being filled in: a group of one is kept as a group until it is left.
  const [group, setGroup] = useState(() => asGroup(value));
  const turn = (next: string | null) => {
    // An unreadable text would be lost by leaving it.
    if (next === 'tree' && fault !== null) return;
    if (next === 'tree') setGroup(asGroup(value));
    setView(next);
  };
  return (
    <Tabs value={view} onChange={turn} keepMounted={false}>
      <Tabs.List aria-label={t('rules.condition')}>
        <Tabs.Tab value="tree" disabled={fault !== null}>
          {t('rules.asForm')}
        </Tabs.Tab>
        <Tabs.Tab value="cel">{t('rules.asCel')}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="tree" pt="xs">
        {group.of.length === 0 && (
          <Text size="sm" c="dimmed" mb={4}>
            {t('rules.noCondition')}
          </Text>
        )}
        {holdsCel(value) && (
          <Text size="xs" c="dimmed" mb={4}>
            {t('rules.celOnlyMeans')}
          </Text>
        )}
        <ConditionTree
          group={group}
          salt={salt}
          onChange={(next) => {
            setGroup(next);
            onChange(fromGroup(next), null);
          }}
        />
      </Tabs.Panel>
      <Tabs.Panel value="cel" pt="xs">
        <CelEditor
          label={t('rules.asCel')}
          initial={value}
          // While the text cannot be read, what it last meant stays.
          onChange={(next, unread) => onChange(unread === null ? next : value, unread)}
        />
      </Tabs.Panel>
      {error && fault === null && (
        <Text size="xs" c="var(--mantine-color-error)" role="alert" mt={4}>
          {error}
        </Text>
      )}
    </Tabs>
  );
}
