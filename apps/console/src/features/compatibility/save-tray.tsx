import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Failure } from '../../parts/states.tsx';

interface SaveTrayProps {
  edited: readonly string[];
  isBusy: boolean;
  /** Somebody else saved meanwhile: what is edited cannot be saved any more. */
  isOutdated: boolean;
  error: unknown;
  onDiscard: () => void;
  onSave: (reason: string | undefined) => void;
}

/** What is edited and not saved yet; saved whole, with a reason. */
export function SaveTray({ edited, isBusy, isOutdated, error, onDiscard, onSave }: SaveTrayProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  return (
    <section className="tray" aria-label={t('compatibility.edits')}>
      <Stack gap="xs">
        <Group justify="space-between" align="flex-end">
          <div>
            <Text size="sm" fw={600}>
              {t('compatibility.edited', { count: edited.length })}
            </Text>
            <Text size="xs" c="dimmed" className="mono">
              {edited.join(' · ')}
            </Text>
          </div>
          <Group gap="xs" align="flex-end">
            <TextInput
              w={260}
              label={t('confirm.reason')}
              maxLength={500}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
            <Button variant="default" onClick={onDiscard}>
              {isOutdated ? t('compatibility.takeTheirs') : t('pending.discard')}
            </Button>
            <Button loading={isBusy} disabled={isOutdated} onClick={() => onSave(reason.trim() || undefined)}>
              {t('compatibility.save')}
            </Button>
          </Group>
        </Group>
        {error ? <Failure error={error} /> : null}
      </Stack>
    </section>
  );
}
