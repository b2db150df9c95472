import type { DecisionRequest, RequestMetadata, Scalar } from '@grey/route-core';
import type { RouteRequest } from '../../api/generated/model/index.ts';
import { parseRequestMetadata } from './parse-request-metadata.ts';

/** Everything that is asked, as texts: what stands in the form and in the address is the same. `draft`: beside the draft. */
export const questionFields = [
  'service',
  'tenant',
  'method',
  'path',
  'headers',
  'cookies',
  'query',
  'user',
  'session',
  'ip',
  'region',
  'claims',
  'tag',
  'token',
  'attributes',
  'at',
  'draft',
] as const;
export type QuestionField = (typeof questionFields)[number];
export type Question = Partial<Record<QuestionField, string>>;

/** The question in an address. The router reads `42` as a number: every field is text here. */
export function readQuestion(search: Record<string, unknown>): Question {
  const question: Question = {};
  for (const field of questionFields) {
    const value = search[field];
    const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '');
    if (text.trim() !== '') question[field] = text;
  }
  return question;
}

/** The address of the explain page that was here before: `metadata` as lines `key=value`. */
export function readOldQuestion(search: Record<string, unknown>): Question {
  const metadata = parseRequestMetadata(String(search['metadata'] ?? '')) ?? {};
  const { userId, sessionId, clientIp, headers, cookies, query, claims, attributes, ...rest } = metadata;
  const known = new Set<string>(questionFields);
  const others = Object.entries(rest).filter(([name]) => !known.has(name));
  return readQuestion({
    service: search['serviceName'],
    tenant: search['tenantId'],
    user: userId,
    session: sessionId,
    ip: clientIp,
    headers: printLines(headers),
    cookies: printLines(cookies),
    query: printLines(query),
    claims,
    attributes: printLines({ ...Object.fromEntries(others), ...(attributes as object | undefined) }),
    ...Object.fromEntries(Object.entries(rest).filter(([name]) => known.has(name))),
  });
}

function printLines(texts: unknown): string {
  return Object.entries((texts ?? {}) as Record<string, unknown>)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');
}

/** What is wrong with a field, as a key of the texts; absent where all is well. */
export type QuestionFaults = Partial<Record<QuestionField, 'lines' | 'json' | 'time'>>;

export interface ReadRequest {
  readonly metadata: RequestMetadata;
  /** When it is decided, in milliseconds since 1970; absent: now. */
  readonly at?: number;
  readonly faults: QuestionFaults;
}

/** The metadata as the engine and the API take it; fields that cannot be read are left out and named. */
export function readRequest(question: Question): ReadRequest {
  const faults: QuestionFaults = {};
  const metadata: Record<string, unknown> = {};
  const put = (name: string, value: unknown) => {
    if (value !== undefined) metadata[name] = value;
  };
  const [path, pathQuery] = splitPath(question.path);
  put('method', question.method?.trim().toUpperCase());
  put('path', path);
  put('userId', question.user);
  put('sessionId', question.session);
  put('clientIp', question.ip?.trim());
  put('region', question.region?.trim());
  put('tag', question.tag?.trim());
  put('token', question.token?.trim());
  for (const field of ['headers', 'cookies', 'query', 'attributes'] as const) {
    const read = readLines(question[field] ?? '');
    if (!read) faults[field] = 'lines';
    else if (field === 'attributes') put(field, isEmpty(read) ? undefined : mapValues(read, readScalar));
    else {
      const texts = field === 'query' ? { ...pathQuery, ...read } : read;
      put(field, isEmpty(texts) ? undefined : texts);
    }
  }
  const claims = readObject(question.claims);
  if (claims === null) faults.claims = 'json';
  else put('claims', claims);
  const at = question.at === undefined ? undefined : Date.parse(question.at.trim());
  if (Number.isNaN(at)) faults.at = 'time';
  return { metadata, ...(at === undefined || Number.isNaN(at) ? {} : { at }), faults };
}

/** What the engine is asked, or undefined while service or tenant are missing. */
export function toDecisionRequest(question: Question, metadata: RequestMetadata): DecisionRequest | undefined {
  const tenantId = question.tenant?.trim();
  const serviceName = question.service?.trim();
  return tenantId && serviceName ? { tenantId, serviceName, metadata } : undefined;
}

/** The same question for the router. It decides by its own clock, so a time of the question does not go along. */
export function toRouteRequest(request: DecisionRequest): RouteRequest {
  const { tenantId, serviceName, metadata } = request;
  const requestMetadata = metadata as NonNullable<RouteRequest['requestMetadata']> | undefined;
  return { tenantId, serviceName, ...(requestMetadata && !isEmpty(requestMetadata) ? { requestMetadata } : {}) };
}

/** A pasted address brings its query along; paths are compared without. */
function splitPath(text: string | undefined): [path: string | undefined, query: Record<string, string>] {
  const at = text?.indexOf('?') ?? -1;
  if (text === undefined || at < 0) return [text?.trim(), {}];
  return [text.slice(0, at).trim(), Object.fromEntries(new URLSearchParams(text.slice(at + 1)))];
}

/** Lines `name=value` or `Name: value`, as they stand in a log; undefined when one is neither. */
export function readLines(text: string): Record<string, string> | undefined {
  const read: Record<string, string> = {};
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line === '') continue;
    const found = /^([^=:\s]+)\s*[=:]\s*(.*)$/.exec(line);
    if (!found) return undefined;
    read[found[1] as string] = found[2] as string;
  }
  return read;
}

/** `5` and `true` are a number and a boolean, `"5"` is text, as in JSON; everything else is text as it stands. */
function readScalar(text: string): Scalar {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  } catch {
    // Not JSON: plain text.
  }
  return text;
}

function readObject(text: string | undefined): Record<string, unknown> | undefined | null {
  if (text === undefined || text.trim() === '') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

const isEmpty = (value: object) => Object.keys(value).length === 0;

function mapValues<V>(texts: Record<string, string>, map: (text: string) => V): Record<string, V> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, map(text)]));
}
