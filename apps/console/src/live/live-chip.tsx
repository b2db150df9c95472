import { Popover, Stack, Text, UnstyledButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../i18n/format.ts';
import { useLiveStatus } from './live.tsx';

const marks = { off: '○', connecting: '◌', live: '●', reconnecting: '◐', stale: '▲' } as const;

/** Says whether what is on the screen is current, and as of which revision. Shape and word carry it, colour only helps. */
export function LiveChip() {
  const { t } = useTranslation();
  const { dateTime } = useFormat();
  const { state, position, lostAt } = useLiveStatus();
  return (
    <Popover width={320} position="bottom-end" shadow="md">
      <Popover.Target>
        <UnstyledButton className="live-chip" data-state={state} data-testid="live-chip">
          <span aria-hidden="true">{marks[state]}</span>
          <span role="status">{t(`live.${state}`)}</span>
          {position && <span className="live-revision">{t('live.revision', { revision: position.revision })}</span>}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          <Text size="sm">{t(`live.${state}Means`)}</Text>
          {lostAt !== undefined && (
            <Text size="sm">{t('live.lostAt', { at: dateTime(new Date(lostAt).toISOString()) })}</Text>
          )}
          {position && (
            <Text size="xs" c="dimmed" className="mono">
              {t('live.position', { epoch: position.epoch, revision: position.revision })}
            </Text>
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
