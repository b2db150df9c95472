import { Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ExplainResponse } from '../../api/generated/model/index.ts';
import { StatusLabel } from '../../parts/status.tsx';

/** The answer /route would give now: where to, in which version, and why. */
export function DecisionCard({ decision }: { decision: ExplainResponse['decision'] }) {
  const { t } = useTranslation();
  if ('code' in decision)
    return (
      <section className="panel" data-tone="bad" aria-label={t('explain.decision')}>
        <Stack gap={4}>
          <Group gap="sm">
            <StatusLabel tone="bad">{t('explain.refused')}</StatusLabel>
            <span className="mono">{decision.code}</span>
          </Group>
          <Text fw={600}>{t(`errors.${decision.code}`)}</Text>
          {decision.detail && <Text size="sm">{decision.detail}</Text>}
        </Stack>
      </section>
    );
  const { fallback } = decision;
  return (
    <section className="panel" data-tone="note" aria-label={t('explain.decision')}>
      <Stack gap="xs">
        <Group gap="sm" align="baseline">
          <Text size="xl" fw={650} className="mono" data-testid="decided-version">
            {decision.version}
          </Text>
          <Text className="mono">{decision.instance}</Text>
          {decision.isDegraded && <StatusLabel tone="warn">{t('explain.degraded')}</StatusLabel>}
        </Group>
        <Text size="sm">{t(`reason.${decision.reason}`)}</Text>
        {fallback && (
          <Text size="sm">
            {t('explain.fallback', { from: fallback.from, to: fallback.to, cause: fallback.cause })}
          </Text>
        )}
        {decision.holds.length > 0 && <Text size="sm">{t('explain.held', { holds: decision.holds.join(', ') })}</Text>}
        <dl className="facts">
          <dt>{t('explain.reason')}</dt>
          <dd className="mono">{decision.reason}</dd>
          <dt>{t('instances.id')}</dt>
          <dd className="mono">{decision.instanceId}</dd>
          {decision.bucket !== null && (
            <>
              <dt>{t('explain.bucket')}</dt>
              <dd className="mono">{decision.bucket}</dd>
            </>
          )}
          <dt>{t('explain.position')}</dt>
          <dd className="mono">{t('live.position', { epoch: decision.epoch, revision: decision.revision })}</dd>
        </dl>
      </Stack>
    </section>
  );
}
