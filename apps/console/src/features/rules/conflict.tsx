import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { RuleDiff } from './rule-diff.tsx';
import { ruleSetOf } from './rule-types.ts';
import type { RuleWork } from './use-rule-work.ts';

/** Somebody else was quicker: what they did, and whose goes on. */
export function Conflict({ work }: { work: RuleWork }) {
  const { t } = useTranslation();
  const { dateTime } = useFormat();
  const [isShown, setShown] = useState(false);
  const { draft } = work.rules;
  const theirs = draft ? ruleSetOf(draft) : work.liveSet;
  return (
    <div className="panel" data-tone="warn" role="alert">
      <Stack gap="xs">
        <Text size="sm" fw={600}>
          {t('rules.conflict.title')}
        </Text>
        <Text size="sm">
          {draft
            ? t('rules.conflict.draft', { name: draft.savedBy.name, at: dateTime(draft.savedAt) })
            : t('rules.conflict.live')}
        </Text>
        <Group gap="xs">
          <Button variant="default" aria-expanded={isShown} onClick={() => setShown(!isShown)}>
            {t('rules.conflict.show')}
          </Button>
          <Button variant="default" onClick={work.dropEdits}>
            {t('rules.conflict.theirs')}
          </Button>
          <Button onClick={work.keepMine}>{t('rules.conflict.mine')}</Button>
        </Group>
        {isShown && <RuleDiff before={theirs} after={work.ruleSet} />}
      </Stack>
    </div>
  );
}
