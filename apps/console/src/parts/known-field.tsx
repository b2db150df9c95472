import { useEffect, useRef, useState } from 'react';
import { FoundField, type FoundKind, useFound } from './found-field.tsx';

interface KnownFieldProps {
  of: FoundKind;
  label: string;
  value: string;
  /** What is said where nothing is called as it was typed. */
  unknown: string;
  /** Somebody else knows that there is no such thing. */
  isUnknown?: boolean;
  /** Nobody can be asked: any text is taken. */
  isAnyTaken?: boolean;
  /** The field of the page to begin with, while it is empty. */
  hasAutofocus?: boolean;
  onChange: (id: string) => void;
}

/** Finds one tenant or service by id or name. Text that is nobody's id yet is not taken, unless nobody can be asked. */
export function KnownField(props: KnownFieldProps) {
  const { of, label, value, unknown, isUnknown = false, isAnyTaken = false, hasAutofocus = false, onChange } = props;
  const [text, setText] = useState(value);
  const latest = useRef(onChange);
  latest.current = onChange;
  useEffect(() => setText(value), [value]);
  const { settled, query, names } = useFound(of, text);
  const isTaken = settled !== '' && settled !== value && (names.has(settled) || query.isError || isAnyTaken);
  useEffect(() => {
    if (isTaken) latest.current(settled);
  }, [isTaken, settled]);
  const isNowhere = query.isSuccess && !query.isPlaceholderData && settled !== '' && names.size === 0;
  return (
    <FoundField
      label={label}
      names={names}
      value={text}
      {...(hasAutofocus ? { 'data-autofocus': true, autoFocus: value === '' } : {})}
      error={(isUnknown || isNowhere) && unknown}
      onChange={setText}
      onOptionSubmit={(id) => latest.current(id)}
    />
  );
}
