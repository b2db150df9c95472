import type { Announcements, UniqueIdentifier } from '@dnd-kit/core';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Rule } from './rule-types.ts';

/** What a screen reader says while a rule is dragged, in the operator's language. */
export function useDragWords(rules: readonly Rule[]) {
  const { t } = useTranslation();
  const name = (id: UniqueIdentifier) => rules.find((rule) => rule.id === id)?.name ?? String(id);
  const place = (id: UniqueIdentifier) => rules.findIndex((rule) => rule.id === id) + 1;
  // Where it is picked up is no news, and would drown out that it is.
  const seen = useRef<UniqueIdentifier | null>(null);
  const over = (active: UniqueIdentifier, at: UniqueIdentifier | undefined) =>
    at === undefined ? undefined : t('rules.drag.over', { name: name(active), place: place(at), all: rules.length });
  const announcements: Announcements = {
    onDragStart: ({ active }) => {
      seen.current = active.id;
      return t('rules.drag.start', { name: name(active.id) });
    },
    onDragOver: (event) => {
      if (event.over?.id === seen.current) return undefined;
      seen.current = event.over?.id ?? null;
      return over(event.active.id, event.over?.id);
    },
    onDragEnd: (event) => over(event.active.id, event.over?.id),
    onDragCancel: ({ active }) => t('rules.drag.cancel', { name: name(active.id) }),
  };
  return { announcements, screenReaderInstructions: { draggable: t('rules.drag.how') } };
}
