import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TenantSchema } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { Ago } from '../../parts/ago.tsx';
import { usePermission } from '../access/me.ts';
import { AcceptDrift } from './accept-drift.tsx';
import { DriftLists } from './drift-lists.tsx';
import { DriftLabel } from './schema-labels.tsx';

const tones = { none: 'good', accepted: 'note', drifted: 'bad', unreachable: 'warn', unknown: undefined } as const;

/** What of the live schema no migration made, or what it lacks. It blocks upgrades until it is accepted or gone. */
export function DriftSection({ schema }: { schema: TenantSchema }) {
  const { t } = useTranslation();
  const { dateTime } = useFormat();
  const [isAccepting, setAccepting] = useState(false);
  const mayAccept = usePermission('schemas.accept');
  const { drift } = schema;
  return (
    <Stack gap="xs">
      <Title order={2}>{t('schemas.driftTitle')}</Title>
      <Stack gap={6} className="panel" data-tone={tones[drift.state]} data-testid="drift">
        <Group justify="space-between" gap="sm">
          <Group gap="xs">
            <DriftLabel state={drift.state} />
            <Text size="sm">
              {drift.state === 'unreachable' && drift.checkedAt === null
                ? t('schemas.neverReached')
                : t(`schemas.driftMeans.${drift.state}`)}
            </Text>
          </Group>
          <Group gap="sm">
            <Text size="xs" c="dimmed">
              {drift.checkedAt === null ? (
                t('schemas.neverLooked')
              ) : (
                <>
                  {t('schemas.looked')} <Ago iso={drift.checkedAt} />
                </>
              )}
            </Text>
            {mayAccept && drift.state === 'drifted' && drift.digest !== null && (
              <Button variant="default" onClick={() => setAccepting(true)}>
                {t('schemas.accept')}
              </Button>
            )}
          </Group>
        </Group>
        {drift.error !== null && <Text size="sm">{drift.error}</Text>}
        <DriftLists drift={drift} />
        {drift.acceptedAt !== null && (
          <Text size="xs" c="dimmed">
            {t('schemas.acceptedBy', {
              who: drift.acceptedBy ?? t('state.none'),
              when: dateTime(drift.acceptedAt),
              why: drift.acceptedReason ?? t('state.none'),
            })}
          </Text>
        )}
      </Stack>
      {isAccepting && <AcceptDrift schema={schema} onClose={() => setAccepting(false)} />}
    </Stack>
  );
}
