import type { DecisionRequest, RequestMetadata } from '@grey/route-core';
import type { KeptNames, NameKind } from './kept-names.ts';

/** Longer values are left out: a sample of many requests must not fill the memory. */
const LONGEST_VALUE = 256;
const LONGEST_PATH = 1024;

/** What a sample keeps of a request: never a token, of named values only those on the list. */
export function keepRequest(
  { tenantId, serviceName, metadata, balancer }: DecisionRequest,
  kept: KeptNames,
): DecisionRequest {
  const request: DecisionRequest = { tenantId, serviceName, ...(balancer === undefined ? {} : { balancer }) };
  if (metadata === undefined) return request;
  return { ...request, metadata: keepMetadata(metadata, kept) };
}

function keepMetadata(metadata: RequestMetadata, kept: KeptNames): RequestMetadata {
  const { userId, sessionId, path, method, clientIp, region, tag } = metadata;
  const whole = { userId, sessionId, path: path?.slice(0, LONGEST_PATH), method, clientIp, region, tag };
  const named = {
    headers: pick('header', metadata.headers, kept),
    cookies: pick('cookie', metadata.cookies, kept),
    query: pick('query', metadata.query, kept),
    claims: pick('claim', metadata.claims, kept),
    attributes: pick('attribute', metadata.attributes, kept),
  };
  return Object.fromEntries(Object.entries({ ...whole, ...named }).filter(([, value]) => value !== undefined));
}

function pick<T>(kind: NameKind, values: Readonly<Record<string, T>> | undefined, kept: KeptNames) {
  if (values === undefined) return undefined;
  const picked = Object.entries(values).filter(([name, value]) => kept.has(kind, name) && isShort(value));
  return picked.length === 0 ? undefined : (Object.fromEntries(picked) as Record<string, T>);
}

function isShort(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= LONGEST_VALUE;
  return typeof value !== 'object' || JSON.stringify(value).length <= LONGEST_VALUE;
}
