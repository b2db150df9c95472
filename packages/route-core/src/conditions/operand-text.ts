import type { Operand } from '../routing-records.ts';
import { variableOf } from './cel-variables.ts';
import { parseClaimPath } from './claim-path.ts';

const NAME = /^[A-Za-z_]\w*$/;
/** Words that CEL keeps for itself and for the languages that it is written in. */
const RESERVED = new Set(
  'as break const continue else false for function if import in let loop package namespace null return true var void while'.split(
    ' ',
  ),
);
const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\', "'": "\\'" };

/** A text as a CEL literal. */
export function quote(text: string): string {
  const escaped = text.replace(/[\\'\p{Cc}\u2028\u2029]/gu, (char) => ESCAPES[char] ?? escapeUnit(char));
  return `'${escaped}'`;
}

function escapeUnit(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A number as a CEL literal: whole where that is exact, else with a point. Null for what JSON cannot carry either. */
export function numberText(value: number): string | null {
  if (!Number.isFinite(value)) return null;
  if (Number.isSafeInteger(value)) return String(value === 0 ? 0 : value);
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** How an operand is written, where it fails when missing: `header['x']`, `claims.a.b`, `path`. */
export function operandText(operand: Operand): string {
  const variable = variableOf(operand.from);
  if (!('name' in operand)) return variable;
  if (operand.from !== 'claim') return `${variable}[${quote(operand.name)}]`;
  return variable + parseClaimPath(operand.name).map(memberText).join('');
}

/** How an operand is written so that it is null when missing; null where there is no such form. */
export function nullableText(operand: Operand): string | null {
  if (!('name' in operand)) return null;
  const name = operand.from === 'claim' ? soleName(operand.name) : operand.name;
  return name === null ? null : `${variableOf(operand.from)}.get(${quote(name)})`;
}

/** How to ask whether an operand is there. For claims within claims the question itself may fail. */
export function existsText(operand: Operand): { readonly text: string; readonly isSafe: boolean } {
  const variable = variableOf(operand.from);
  if (!('name' in operand)) return { text: `${variable} != ''`, isSafe: true };
  const name = operand.from === 'claim' ? soleName(operand.name) : operand.name;
  if (name !== null) return { text: `${quote(name)} in ${variable}`, isSafe: true };
  const path = parseClaimPath(operand.name);
  const text = operandText(operand);
  return { text: isPlainName(path.at(-1)!) ? `has(${text})` : `${text} != null`, isSafe: false };
}

function soleName(claim: string): string | null {
  const path = parseClaimPath(claim);
  return path.length === 1 ? path[0]! : null;
}

function memberText(name: string): string {
  return isPlainName(name) ? `.${name}` : `[${quote(name)}]`;
}

function isPlainName(name: string): boolean {
  return NAME.test(name) && !RESERVED.has(name);
}
