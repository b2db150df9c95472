import type { RouteRequest } from '@grey/contracts';
import type { RequestMetadata } from '@grey/route-core';

const KNOWN = new Set([
  'userId',
  'sessionId',
  'headers',
  'cookies',
  'query',
  'path',
  'method',
  'clientIp',
  'region',
  'claims',
  'tag',
  'attributes',
]);

/** Moves keys that the contract does not name under `attributes`; an attribute given there by name wins. */
export function normalizeMetadata(metadata: RouteRequest['requestMetadata']): RequestMetadata | undefined {
  if (metadata === undefined) return undefined;
  let hasUnknown = false;
  for (const key in metadata) {
    if (!KNOWN.has(key)) {
      hasUnknown = true;
      break;
    }
  }
  if (!hasUnknown) return metadata;
  const known: [string, unknown][] = [];
  const unknown: [string, unknown][] = [];
  for (const entry of Object.entries(metadata)) (KNOWN.has(entry[0]) ? known : unknown).push(entry);
  const attributes = Object.fromEntries([...unknown, ...Object.entries(metadata.attributes ?? {})]);
  return Object.fromEntries([...known, ['attributes', attributes]]);
}
