import { parse } from 'yaml';
import { importFault } from './import-fault.ts';

/** Aliases may repeat parts; more than this is no configuration but an attempt to blow it up. */
const ALIAS_LIMIT = 50;

/** @throws ApiError IMPORT_INVALID */
export function parseJsonText(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw importFault('content', `is no JSON: ${messageOf(error)}`);
  }
}

/**
 * YAML without tags of its own: every scalar is text as it was written, so that version `1.10` does not become 1.1.
 * @throws ApiError IMPORT_INVALID
 */
export function parseYamlText(content: string): unknown {
  try {
    return parse(content, { schema: 'failsafe', maxAliasCount: ALIAS_LIMIT, uniqueKeys: true, logLevel: 'error' });
  } catch (error) {
    throw importFault('content', `is no YAML: ${messageOf(error)}`);
  }
}

/** The members of an object; undefined when it is none. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return value as Record<string, unknown>;
}

/** Text, or a number or switch written as such. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** A number, also when it is written as text. */
export function numberOf(value: unknown): number | undefined {
  const text = textOf(value)?.trim();
  if (text === undefined || !/^-?[0-9]{1,9}(\.[0-9]{1,9})?$/.test(text)) return undefined;
  return Number(text);
}

function messageOf(error: unknown): string {
  if (error instanceof RangeError) return 'it is nested too deeply';
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line.slice(0, 200);
}
