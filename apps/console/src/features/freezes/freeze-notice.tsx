import { Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Freeze } from '../../api/generated/model/index.ts';
import { useFreezeWords } from './freeze-words.ts';
import './freezes.css';

/** More than these are counted. */
const shown = 3;

/** Says on other pages that versions may not change now: what, until when, why. Nothing when nothing is frozen. */
export function FreezeNotice({ freezes }: { freezes: readonly Freeze[] }) {
  const { t } = useTranslation();
  const { wordWhom, wordServices, wordTime } = useFreezeWords();
  if (freezes.length === 0) return null;
  return (
    <section className="panel freeze-notice" data-tone="warn" aria-label={t('freezes.inForce')}>
      <Stack gap={2}>
        {freezes.slice(0, shown).map((freeze) => {
          const end = freeze.current?.endsAt;
          return (
            <Text key={freeze.id} size="sm">
              <strong>{freeze.title}</strong> {end ? t('freezes.until', { at: wordTime(end) }) : t('freezes.noEnd')}
              {` · ${wordWhom(freeze)} · ${wordServices(freeze)} · ${freeze.reason} `}
              <Link to="/freezes" search={{ freeze: freeze.id }} className="plain-link">
                {t('freezes.open')}
              </Link>
            </Text>
          );
        })}
        {freezes.length > shown && (
          <Link to="/freezes" search={{ view: 'list' }} className="plain-link">
            {t('freezes.allInForce', { count: freezes.length })}
          </Link>
        )}
      </Stack>
    </section>
  );
}
