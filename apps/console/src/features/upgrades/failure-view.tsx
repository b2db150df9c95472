import { Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { UpgradeFailure } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { SqlText } from './sql-text.tsx';
import { useFailureWords } from './use-failure-words.ts';

/** The statement that failed and what the server said, in a few lines of a table. */
export function FailureLine({ failure }: { failure: UpgradeFailure }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const { title } = useFailureWords()(failure);
  return (
    <div className="upgrade-failure-line">
      <div>
        {title !== undefined && <strong>{title}</strong>} {failure.message}
      </div>
      {(failure.migration ?? failure.statementText) !== null && (
        <div className="dimmed">
          {failure.migration !== null && <span className="mono">{failure.migration}</span>}
          {failure.statement !== null &&
            ` · ${t('upgrades.failure.statementNumber', { number: number(failure.statement) })}`}
          {failure.statementText !== null && <code className="upgrade-sql-line">{failure.statementText}</code>}
        </div>
      )}
    </div>
  );
}

/** Everything that is known of a failure: what it is, the statement, the server's words and code, and the mend. */
export function FailurePanel({ failure, isPast }: { failure: UpgradeFailure; isPast: boolean }) {
  const { t } = useTranslation();
  return (
    <section className="panel" data-tone="bad" aria-label={t('upgrades.failure.title')}>
      <Stack gap={6}>
        <Title order={2}>{t(isPast ? 'upgrades.failure.title' : 'upgrades.failure.last')}</Title>
        <FailureBody failure={failure} />
      </Stack>
    </section>
  );
}

/** The same without a frame. */
export function FailureBody({ failure }: { failure: UpgradeFailure }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const { title, mend } = useFailureWords()(failure);
  const place = [
    failure.migration,
    failure.statement !== null && t('upgrades.failure.statementNumber', { number: number(failure.statement) }),
    failure.serverCode !== null && t('upgrades.failure.serverCode', { code: failure.serverCode }),
    failure.code,
  ].filter(Boolean);
  return (
    <>
      {title !== undefined && (
        <Text size="sm" fw={600}>
          {title}
        </Text>
      )}
      <Text size="sm" {...(title === undefined ? { fw: 600 } : {})}>
        {failure.message}
      </Text>
      {failure.statementText !== null && (
        <SqlText label={t('upgrades.failure.statement')} text={failure.statementText} />
      )}
      {mend !== null && (
        <Text size="sm">
          <strong>{t('refused.mendIs')}</strong> {mend}
        </Text>
      )}
      <Text size="xs" c="dimmed" className="mono">
        {place.join(' · ')}
      </Text>
    </>
  );
}
