import { useEffect, useRef, useState } from 'react';
import type { Question } from './playground-question.ts';

const settleMs = 250;

/** The form's own texts, which go into the address once typing has paused and follow it when it changes from outside. */
export function useSettledQuestion(question: Question, onSettle: (question: Question) => void) {
  const [draft, setDraft] = useState(question);
  const known = useRef(question);
  const latest = useRef(onSettle);
  latest.current = onSettle;
  const isSame = JSON.stringify(trim(draft)) === JSON.stringify(trim(question));
  useEffect(() => {
    if (JSON.stringify(trim(known.current)) !== JSON.stringify(trim(question))) setDraft(question);
    known.current = question;
  }, [question]);
  useEffect(() => {
    if (isSame) return;
    const timer = setTimeout(() => {
      known.current = draft;
      latest.current(draft);
    }, settleMs);
    return () => clearTimeout(timer);
  }, [draft, isSame]);
  return [draft, setDraft] as const;
}

/** Names in order and without empty fields, so that equal questions read equal. */
function trim(question: Question): [string, string][] {
  return Object.entries(question)
    .filter(([, text]) => text.trim() !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
