import { parseCel, printCel } from '@grey/route-core';
import { Textarea } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Condition } from '../api/generated/model/index.ts';

/** A condition read from its text. Empty text is no condition; `fault` says why a text cannot be read, and where. */
export type ReadCel = { condition: Condition | null; fault: null } | { condition: null; fault: CelFault };
export interface CelFault {
  readonly message: string;
  readonly offset: number;
}

export function readCel(text: string): ReadCel {
  if (text.trim() === '') return { condition: null, fault: null };
  const parsed = parseCel(text);
  // The engine's records are the client's, but readonly.
  if (parsed.ok) return { condition: parsed.condition as Condition, fault: null };
  return { condition: null, fault: { message: parsed.message, offset: parsed.offset } };
}

export function celTextOf(condition: Condition | null | undefined): string {
  return condition ? printCel(condition) : '';
}

interface CelFieldProps {
  label: string;
  description?: string;
  value: string;
  onChange: (text: string) => void;
}

/** A condition as CEL text; what cannot be read is said at once, with the place. */
export function CelField({ label, description, value, onChange }: CelFieldProps) {
  const { t } = useTranslation();
  const { fault } = readCel(value);
  const words = fault && t('cel.fault', { message: fault.message, ...placeOf(value, fault.offset) });
  return (
    <Textarea
      label={label}
      description={description ?? t('cel.rule')}
      autosize
      minRows={1}
      maxRows={8}
      spellCheck={false}
      classNames={{ input: 'mono' }}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={words}
    />
  );
}

/** Line and column, from 1. */
function placeOf(text: string, offset: number): { line: number; column: number } {
  const lines = text.slice(0, offset).split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
