import type { Fault, Operation } from '@grey/contracts';
import type { z } from 'zod';
import { ApiError } from './api-error.ts';
import type { Input } from './operation.decorator.ts';

const FAULT_LIMIT = 50;

/**
 * Checks the three parts of a request against the contract.
 *
 * @throws ApiError VALIDATION_FAILED with every fault (the first 50)
 */
export function parseInput(
  operation: Operation,
  raw: { params: Record<string, string>; search: URLSearchParams; body: unknown },
): Input<unknown> {
  const faults: Fault[] = [];
  const query = operation.query === undefined ? undefined : readQuery(raw.search, faults);
  findUnstorable(raw.params, 'params', faults);
  findUnstorable(query, 'query', faults);
  findUnstorable(raw.body, 'body', faults);
  if (faults.length > 0) throw invalid(faults);
  const parsed = {
    params: parsePart(operation.params, raw.params, 'params', faults),
    query: parsePart(operation.query, query, 'query', faults),
    body: parsePart(operation.body, raw.body, 'body', faults),
  };
  if (faults.length > 0) throw invalid(faults);
  return parsed as Input<unknown>;
}

function readQuery(search: URLSearchParams, faults: Fault[]): Record<string, string> {
  const query: Record<string, string> = Object.create(null);
  for (const [name, value] of search) {
    if (name in query) faults.push({ path: `query.${name}`, message: 'was given twice' });
    query[name] = value;
  }
  return query;
}

function parsePart(schema: z.ZodType | undefined, value: unknown, where: string, faults: Fault[]): unknown {
  if (schema === undefined) return undefined;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues.flatMap((one) => placesOf(one)))
    faults.push({ path: pathOf(where, issue.path), message: issue.message });
  return undefined;
}

/** PostgreSQL stores neither NUL nor half a surrogate pair; caught here they are a fault of the request, not of ours. */
function findUnstorable(value: unknown, path: string, faults: Fault[]): void {
  if (faults.length >= FAULT_LIMIT) return;
  if (typeof value === 'string') {
    if (value.includes('\0') || !value.isWellFormed())
      faults.push({ path, message: 'holds a NUL character or a broken surrogate pair' });
  } else if (Array.isArray(value)) {
    for (const [index, one] of value.entries()) findUnstorable(one, `${path}[${index}]`, faults);
  } else if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value)) {
      if (key === '__proto__') faults.push({ path, message: 'must not have the key __proto__' });
      findUnstorable(key, `${path} (a key)`, faults);
      findUnstorable(inner, `${path}.${key}`, faults);
    }
}

type Place = { readonly path: readonly PropertyKey[]; readonly message: string; readonly weight: number };

/**
 * Of a union only the alternative that got furthest is told, of equally good ones the one with the fewest faults: the
 * others say what the value was not meant to be. Where none got anywhere, all are told unless the union has words of its own.
 */
function placesOf(issue: z.core.$ZodIssue): Place[] {
  const { path, message } = issue;
  if (issue.code === 'unrecognized_keys') return [{ path, message, weight: issue.keys.length }];
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ path, message, weight: 1 }];
  const alternatives = issue.errors.map((inner) => inner.flatMap((one) => placesOf(one)));
  const isOfFields = issue.errors.flat().some((one) => one.path.length > 0 || one.code === 'unrecognized_keys');
  const [best] = alternatives.sort((a, b) => depthOf(b) - depthOf(a) || weightOf(a) - weightOf(b));
  if (best !== undefined && isOfFields) return best.map((one) => ({ ...one, path: [...path, ...one.path] }));
  const words = [...new Set(alternatives.flat().map((one) => one.message))].join('; or: ');
  return [{ path, message: message === 'Invalid input' ? words : message, weight: 1 }];
}

const weightOf = (places: readonly Place[]) => places.reduce((sum, { weight }) => sum + weight, 0);

/** How far the alternative was right: the shallowest fault is what it failed on. */
function depthOf(places: readonly Place[]): number {
  return places.length === 0 ? 0 : Math.min(...places.map(({ path }) => path.length));
}

function pathOf(where: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}.${String(part)}`),
    where,
  );
}

function invalid(faults: readonly Fault[]): ApiError {
  const clean = faults
    .slice(0, FAULT_LIMIT)
    .map(({ path, message }) => ({ path: path.toWellFormed().slice(0, 200), message: message.slice(0, 300) }));
  return new ApiError('VALIDATION_FAILED', {
    detail: clean
      .map((fault) => `${fault.path}: ${fault.message}`)
      .slice(0, 3)
      .join('; '),
    errors: clean,
  });
}
