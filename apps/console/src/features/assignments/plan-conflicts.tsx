import { Button, Group, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CellMove, Refusal } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import type { Choice } from './resolve-conflicts.ts';

interface PlanConflictsProps {
  conflicts: readonly Refusal[];
  cells: readonly CellMove[];
  onChoose: (choiceOf: (conflict: Refusal) => Choice | undefined) => void;
}

const keyOf = (cell: { tenantId: string; serviceId: string }) => `${cell.tenantId} ${cell.serviceId}`;
/** More than this are settled together: nobody chooses a thousand times. */
const shownOneByOne = 50;

/** Somebody else moved these cells meanwhile: shows both sides and lets the operator choose, one by one or all. */
export function PlanConflicts({ conflicts, cells, onChoose }: PlanConflictsProps) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const [choices, setChoices] = useState<Record<string, Choice>>({});
  const targets = new Map(cells.map((cell) => [keyOf(cell), cell.targetVersion]));
  const words = (version: string | null | undefined) => version ?? t('assignments.default');
  const chosen = conflicts.filter((conflict) => choices[keyOf(conflict)]).length;
  return (
    <div className="panel" data-tone="warn" role="group" aria-label={t('conflict.title')}>
      <Stack gap="xs">
        <Title order={3}>{t('conflict.title')}</Title>
        <Text size="sm">{t('conflict.means')}</Text>
        {conflicts.slice(0, shownOneByOne).map((conflict) => {
          const key = keyOf(conflict);
          return (
            <Group key={key} justify="space-between" data-testid="conflict">
              <Text size="sm" component="div">
                <span className="mono">{key}</span>
                <br />
                {t('conflict.seen', { version: words(conflict.yours) })}
              </Text>
              <SegmentedControl
                size="xs"
                aria-label={t('conflict.choice', { cell: key })}
                value={choices[key] ?? ''}
                onChange={(value) => setChoices({ ...choices, [key]: value as Choice })}
                data={[
                  { value: 'yours', label: t('conflict.yours', { version: words(targets.get(key)) }) },
                  { value: 'theirs', label: t('conflict.theirs', { version: words(conflict.theirs) }) },
                ]}
              />
            </Group>
          );
        })}
        {conflicts.length > shownOneByOne && (
          <Text size="sm">{t('conflict.more', { more: number(conflicts.length - shownOneByOne) })}</Text>
        )}
        <Group gap="xs">
          <Button
            variant="default"
            disabled={chosen === 0}
            onClick={() => onChoose((conflict) => choices[keyOf(conflict)])}
          >
            {t('conflict.planAgain')}
          </Button>
          {conflicts.length > 1 && (
            <>
              <Button variant="subtle" onClick={() => onChoose(() => 'yours')}>
                {t('conflict.allYours')}
              </Button>
              <Button variant="subtle" onClick={() => onChoose(() => 'theirs')}>
                {t('conflict.allTheirs')}
              </Button>
            </>
          )}
        </Group>
      </Stack>
    </div>
  );
}
