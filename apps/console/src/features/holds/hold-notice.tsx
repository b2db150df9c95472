import { Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Hold } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { ScopeWords } from './hold-words.tsx';
import './holds.css';

/** More than these are counted. */
const shown = 5;

interface HoldNoticeProps {
  holds: readonly Hold[];
  /** Names the service where the page does not. */
  hasService?: boolean;
}

/** Says on other pages that versions are held: by what they are answered, since when, why. Nothing when none is. */
export function HoldNotice({ holds, hasService = false }: HoldNoticeProps) {
  const { t } = useTranslation();
  const { dateTime } = useFormat();
  if (holds.length === 0) return null;
  return (
    <section className="panel hold-notice" data-tone="warn" aria-label={t('nav.holds')}>
      <Stack gap={2}>
        {holds.slice(0, shown).map((hold) => (
          <Text key={hold.id} size="sm" component="div">
            {hasService && <span className="mono">{hold.serviceId} </span>}
            {t('holds.answeredBy', {
              from: hold.fromVersion,
              to: hold.toVersion,
              at: hold.createdAt === null ? t('state.none') : dateTime(hold.createdAt),
            })}
            {' · '}
            <ScopeWords hold={hold} />
            {' · '}
            {hold.reason ?? t('state.none')}{' '}
            <Link
              to="/holds/$holdId"
              params={{ holdId: hold.id }}
              className="plain-link"
              aria-label={t('holds.openOf', { service: hold.serviceId, from: hold.fromVersion })}
            >
              {t('holds.open')}
            </Link>
          </Text>
        ))}
        {holds.length > shown && (
          <Link to="/holds" className="plain-link">
            {t('holds.all', { count: holds.length })}
          </Link>
        )}
      </Stack>
    </section>
  );
}
