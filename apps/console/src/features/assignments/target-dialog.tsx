import { Button, Checkbox, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { listVersions } from '../../api/generated/grey.ts';
import type { CellMove } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Failure, Loading } from '../../parts/states.tsx';
import { boundsOf, countOf, type Selection } from './grid-selection.ts';
import { type MatrixData, movesOf, type Targets } from './matrix-data.ts';

/** What the API plans at once. */
const cellLimit = 20_000;
const leave = '';
/** No version label can contain a space. */
const followDefault = ' default';

interface TargetDialogProps {
  data: MatrixData;
  selection: Selection;
  onClose: () => void;
  onReview: (moves: CellMove[]) => void;
}

/** Where the selected cells shall go: one choice per service of the range. */
export function TargetDialog({ data, selection, onClose, onReview }: TargetDialogProps) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const { left, right } = boundsOf(selection);
  const services = data.services.slice(left, right + 1);
  const [picked, setPicked] = useState<Record<string, string>>({});
  const [pin, setPin] = useState<'keep' | 'pin' | 'unpin'>('keep');
  const versions = useQueries({
    queries: services.map(({ id }) => ({
      queryKey: ['versions', id],
      queryFn: ({ signal }: { signal: AbortSignal }) => listVersions(id, { signal }),
    })),
  });
  const failed = versions.find((query) => query.isError);
  const targets: Targets = new Map(
    Object.entries(picked)
      .filter(([, value]) => value !== leave)
      .map(([serviceId, value]) => [
        serviceId,
        { version: value === followDefault ? null : value, pinned: pin === 'keep' ? undefined : pin === 'pin' },
      ]),
  );
  const moves = movesOf(data, selection, targets);
  const { rows, cells } = countOf(selection);
  return (
    <Dialog onClose={onClose} title={t('matrix.choose')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (moves.length > 0 && moves.length <= cellLimit) onReview(moves);
        }}
      >
        <Stack gap="sm">
          <Text size="sm">
            {t('matrix.selected', {
              cells: number(cells),
              tenants: number(rows),
              services: number(services.length),
            })}
          </Text>
          {versions.some((query) => query.isPending) && <Loading what={t('services.versions')} />}
          {failed && <Failure error={failed.error} onRetry={() => void failed.refetch()} />}
          {services.map((service, index) => (
            <NativeSelect
              key={service.id}
              label={<span className="mono">{service.id}</span>}
              data-autofocus={index === 0 || undefined}
              value={picked[service.id] ?? leave}
              onChange={(event) => setPicked({ ...picked, [service.id]: event.currentTarget.value })}
              data={[
                { value: leave, label: t('matrix.leave') },
                ...(versions[index]?.data?.items ?? [])
                  .filter(({ status }) => status !== 'retired')
                  .map(({ version, status }) => ({
                    value: version,
                    label: status === 'active' ? version : `${version} (${t(`versionStatus.${status}`)})`,
                  })),
                { value: followDefault, label: t('assignments.followDefault') },
              ]}
            />
          ))}
          <Group gap="md">
            <Checkbox
              label={t('matrix.pin')}
              checked={pin === 'pin'}
              onChange={(event) => setPin(event.currentTarget.checked ? 'pin' : 'keep')}
            />
            <Checkbox
              label={t('matrix.unpin')}
              checked={pin === 'unpin'}
              onChange={(event) => setPin(event.currentTarget.checked ? 'unpin' : 'keep')}
            />
          </Group>
          <Text size="sm" role="status">
            {moves.length > cellLimit
              ? t('matrix.tooMany', { cells: number(moves.length), limit: number(cellLimit) })
              : t('matrix.wouldMove', { count: moves.length, skipped: number(cells - moves.length) })}
          </Text>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" disabled={moves.length === 0 || moves.length > cellLimit}>
              {t('pending.review')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
