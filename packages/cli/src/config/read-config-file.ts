import { readFileSync } from 'node:fs';
import { type Document, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { z } from 'zod';
import { CliError } from '../cli-error.ts';
import { type Config, configSchema } from './config.schema.ts';

/** Something wrong in a file: where, such as `services[0].rules`, and what. */
export interface FileFault {
  readonly path: string;
  readonly message: string;
}

export type ReadConfig = { readonly config: Config } | { readonly faults: readonly FileFault[] };

/** @param name of a file, or `-` for standard input. @throws CliError USAGE when it cannot be read */
export function readConfigFile(name: string): ReadConfig {
  try {
    return readConfig(readFileSync(name === '-' ? 0 : name, 'utf8'));
  } catch (error) {
    throw new CliError('USAGE', `Cannot read ${name}: ${(error as Error).message}`);
  }
}

/** The same for a command that can do nothing with a file that is wrong. @throws CliError USAGE, REFUSED */
export function openConfigFile(name: string): Config {
  const read = readConfigFile(name);
  if ('config' in read) return read.config;
  throw new CliError('REFUSED', `${name} is not a configuration that could be applied.`, {
    lines: read.faults.slice(0, 20).map(({ path, message }) => `${path}: ${message}`),
    data: { faults: read.faults },
  });
}

/** Reads YAML, and so JSON. */
export function readConfig(text: string): ReadConfig {
  const lines = new LineCounter();
  // Left to the parser, each key is compared with all before it: minutes where a file assigns versions to 60 000 tenants.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const errors = document.errors.length > 0 ? document.errors : findRepeatedKeys(document);
  if (errors.length > 0) {
    const faults = errors.map(({ pos, message }) => {
      const { line, col } = lines.linePos(pos[0]);
      return { path: `line ${line}, column ${col}`, message };
    });
    return { faults };
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    return { faults: [{ path: 'file', message: (error as Error).message }] };
  }
  const read = configSchema.safeParse(value);
  return read.success ? { config: read.data } : { faults: read.error.issues.flatMap(faultsOf) };
}

function findRepeatedKeys(document: Document): { pos: readonly [number]; message: string }[] {
  const found: { pos: readonly [number]; message: string }[] = [];
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) found.push({ pos: [key.range?.[0] ?? 0], message: 'Map keys must be unique' });
        seen.add(key.value);
      }
    },
  });
  return found;
}

function faultsOf(issue: z.core.$ZodIssue): FileFault[] {
  return [{ path: pathOf(issue.path), message: issue.message }];
}

function pathOf(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text.replace(/^\./, '') || 'file';
}
