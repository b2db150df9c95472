import { Button, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { GuardOverride } from '../api/generated/model/index.ts';
import { OverrideForm } from './refused-moves.tsx';

interface SetAsideProps {
  override: GuardOverride | undefined;
  /** How many objections there are that can be set aside; 0: there is nothing to ask. */
  count: number;
  /** Plans again with it, or without. */
  onOverride: (override: GuardOverride | undefined) => void;
}

/** What a plan needs to go on in spite of objections: the reason, or, once it is given, the way to take it back. */
export function SetAside({ override, count, onOverride }: SetAsideProps) {
  const { t } = useTranslation();
  if (!override) return count > 0 ? <OverrideForm count={count} onOverride={onOverride} /> : null;
  return (
    <Group gap="xs">
      <Text size="sm">{t('upgrades.start.setAside', { reason: override.reason })}</Text>
      <Button variant="subtle" size="compact-xs" onClick={() => onOverride(undefined)}>
        {t('refused.withdraw')}
      </Button>
    </Group>
  );
}
