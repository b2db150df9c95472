import type { RouteRequest } from '@grey/contracts';
import { METADATA_NAMES, type RequestMetadata } from '@grey/route-core';

export type RouteMetadata = NonNullable<RouteRequest['requestMetadata']>;

/** Holds keys that the contract does not name. */
export const HAS_UNKNOWN = 1;
/** Holds what is only believed under conditions, or has to be looked for. */
export const NEEDS_JUDGING = 2;

/** What has to be done with metadata before the engine may see it; 0, for most, is nothing. */
export function scanMetadata(metadata: RouteMetadata): number {
  let found = 0;
  for (const key in metadata) {
    switch (key) {
      case 'userId':
      case 'sessionId':
      case 'cookies':
      case 'query':
      case 'path':
      case 'method':
      case 'region':
      case 'attributes':
        break;
      case 'headers':
      case 'clientIp':
      case 'claims':
      case 'token':
      case 'tag':
      case 'position':
        found |= NEEDS_JUDGING;
        break;
      default:
        found |= HAS_UNKNOWN;
    }
  }
  return found;
}

/** The engine's own names, and the position, which is for the router alone. */
const KNOWN = new Set([...METADATA_NAMES, 'position']);

/** Moves keys that the contract does not name under `attributes`; an attribute given there by name wins. */
export function moveUnknown(metadata: RouteMetadata): RequestMetadata {
  const known: [string, unknown][] = [];
  const unknown: [string, unknown][] = [];
  for (const entry of Object.entries(metadata)) (KNOWN.has(entry[0]) ? known : unknown).push(entry);
  const attributes = Object.fromEntries([...unknown, ...Object.entries(metadata.attributes ?? {})]);
  return Object.fromEntries([...known, ['attributes', attributes]]);
}
