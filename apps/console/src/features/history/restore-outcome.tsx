import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Watched } from '../../api/convergence.ts';
import type { RestorePlan, RestoreResult } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { useEffectiveWords } from '../routers/effective-words.ts';

/** How much a plan would write, and how much not. */
export function RestoreSummary({ plan: { counts } }: { plan: RestorePlan }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const { writeCount, tenantCount, noopCount, conflictCount, refusedCount } = counts;
  return (
    <Text size="sm" data-testid="restore-summary">
      {t('restore.summary', { writes: number(writeCount), tenants: number(tenantCount) })}
      {noopCount > 0 && ` ${t('restore.noops', { noops: number(noopCount) })}`}
      {conflictCount > 0 && ` ${t('restore.conflictCount', { conflicts: number(conflictCount) })}`}
      {refusedCount > 0 && ` ${t('plan.refused', { refused: number(refusedCount) })}`}
    </Text>
  );
}

/** What was written, as which change, and on how many routers it is in force. */
export function RestoreWritten({ written, onClose }: { written: Watched<RestoreResult>; onClose: () => void }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const wordEffective = useEffectiveWords();
  const { result, convergence } = written;
  return (
    <Stack gap="sm" role="status">
      <Text size="sm">
        {result.changeId === null
          ? t('plan.nothingChanged')
          : t('restore.written', { writes: number(result.counts.writeCount) })}
      </Text>
      {result.changeId !== null && (
        <Anchor component={Link} to={`/changes/${result.changeId}`} size="sm" onClick={onClose}>
          {t('restore.toChange', { revision: result.position.revision })}
        </Anchor>
      )}
      {convergence && <Text size="sm">{wordEffective(convergence)}</Text>}
      <Group justify="flex-end">
        <Button onClick={onClose} data-autofocus>
          {t('action.close')}
        </Button>
      </Group>
    </Stack>
  );
}
