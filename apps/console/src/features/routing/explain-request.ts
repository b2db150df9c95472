import type { RouteRequest } from '../../api/generated/model/index.ts';

/** The question of the explain page as it stands in the URL; metadata as lines `key=value`. */
export interface ExplainQuestion {
  tenantId?: string;
  serviceName?: string;
  metadata?: string;
}

export function readExplainRequest(search: Record<string, unknown>): ExplainQuestion {
  const question: ExplainQuestion = {};
  for (const name of ['tenantId', 'serviceName', 'metadata'] as const) {
    const value = search[name];
    if ((typeof value === 'string' || typeof value === 'number') && String(value).trim())
      question[name] = String(value);
  }
  return question;
}

const groups = new Set(['headers', 'cookies', 'query', 'claims', 'attributes']);

/**
 * Lines `key=value` as request metadata; `headers.x-beta=1` goes into a group. Undefined when a line cannot be read.
 */
export function parseRequestMetadata(text: string): Record<string, unknown> | undefined {
  const metadata: Record<string, unknown> = {};
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line === '') continue;
    const at = line.indexOf('=');
    if (at < 1) return undefined;
    const key = line.slice(0, at).trim();
    const value = line.slice(at + 1).trim();
    const dot = key.indexOf('.');
    const group = key.slice(0, Math.max(0, dot));
    if (groups.has(group) && dot < key.length - 1) {
      metadata[group] = { ...(metadata[group] as Record<string, string> | undefined), [key.slice(dot + 1)]: value };
    } else metadata[key] = value;
  }
  return metadata;
}

/** The request to send, or undefined while the question is incomplete. */
export function toRouteRequest({ tenantId, serviceName, metadata = '' }: ExplainQuestion): RouteRequest | undefined {
  const requestMetadata = parseRequestMetadata(metadata);
  if (!tenantId || !serviceName || !requestMetadata) return undefined;
  return {
    tenantId,
    serviceName,
    ...(Object.keys(requestMetadata).length > 0
      ? { requestMetadata: requestMetadata as NonNullable<RouteRequest['requestMetadata']> }
      : {}),
  };
}
