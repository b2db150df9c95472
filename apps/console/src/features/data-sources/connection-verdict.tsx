import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ConnectionTest } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';

/** Works, but an upgrade would stop: neither good nor broken. */
const half: readonly ConnectionTest['code'][] = ['PRIVILEGES_MISSING', 'SCHEMA_UNKNOWN'];

/** How a test of a connection ended, and what to do about it. */
export function ConnectionVerdict({ test }: { test: ConnectionTest }) {
  const { t } = useTranslation();
  const { duration } = useFormat();
  const tone = test.isOk ? 'good' : half.includes(test.code) ? 'warn' : 'bad';
  const facts = [
    test.serverVersion,
    test.latencyMs !== null && t('dataSources.took', { time: duration(test.latencyMs) }),
    test.tls &&
      (test.tls.isEncrypted
        ? t('dataSources.encrypted', { how: [test.tls.protocol, test.tls.cipher].filter(Boolean).join(', ') })
        : t('dataSources.inTheClear')),
  ].filter((fact): fact is string => typeof fact === 'string' && fact !== '');
  return (
    <Stack gap={4} className="panel" data-tone={tone} role="status" data-testid="connection-test">
      <Text size="sm" fw={600}>
        {t(`dataSources.verdict.${test.code}`)}
      </Text>
      {!test.isOk && <Text size="sm">{t(`dataSources.mend.${test.code as 'FAILED'}`)}</Text>}
      {test.missingPrivileges.length > 0 && (
        <ul className="plain-list mono">
          {test.missingPrivileges.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      )}
      <Text size="xs" c="dimmed">
        {[...facts, test.code].join(' · ')}
      </Text>
    </Stack>
  );
}
