import {
  balancerSchema,
  batchRouteRequestSchema,
  type Fault,
  flagsRequestSchema,
  type RouteRequest,
  routeRequestSchema,
} from '@grey/contracts';
import type { z } from 'zod';

const FAULT_LIMIT = 50;
const NAME_LENGTH = 64;
const balancers: ReadonlySet<unknown> = new Set(balancerSchema.options);
const DOT = 0x2e;
const DASH = 0x2d;
const UNDERSCORE = 0x5f;

export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly errors: Fault[] };

/** Parses the body of /route and /explain. Equal to the contract's schema, which is asked whenever there is any doubt. */
export function checkRouteRequest(body: unknown): Checked<RouteRequest> {
  return isSurelyValid(body) ? { ok: true, value: body } : ask(routeRequestSchema, body);
}

/** Parses the body of /route/batch. */
export function checkBatchRequest(body: unknown): Checked<{ requests: RouteRequest[] }> {
  if (isRecord(body) && hasOnlyRequests(body) && body.requests.every(isSurelyValid)) {
    return { ok: true, value: { requests: body.requests } };
  }
  return ask(batchRouteRequestSchema, body);
}

/** Parses the body of /flags: that of /route without a balancer, as no instance is chosen. */
export function checkFlagsRequest(body: unknown): Checked<RouteRequest> {
  if (isSurelyValid(body) && body.balancer === undefined) return { ok: true, value: body };
  return ask(flagsRequestSchema, body);
}

/** The first faults of a schema's verdict with paths such as `body.requests[3].tenantId`. */
function faultsOf(error: z.ZodError): Fault[] {
  return error.issues.slice(0, FAULT_LIMIT).map((issue) => ({
    path: issue.path
      .reduce<string>((path, key) => (typeof key === 'number' ? `${path}[${key}]` : `${path}.${String(key)}`), 'body')
      .toWellFormed()
      .slice(0, 200),
    message: issue.message.slice(0, 300),
  }));
}

function ask<T>(schema: z.ZodType<T>, body: unknown): Checked<T> {
  const result = schema.safeParse(body);
  return result.success ? { ok: true, value: result.data } : { ok: false, errors: faultsOf(result.error) };
}

/**
 * True only for what the schema accepts unchanged; false means nothing. Written by hand because the schema costs several
 * times the decision itself.
 */
export function isSurelyValid(body: unknown): body is RouteRequest {
  if (!isRecord(body)) return false;
  for (const key in body) {
    if (key === 'tenantId' || key === 'serviceName') {
      const name = body[key];
      if (!isName(name)) return false;
    } else if (key === 'requestMetadata') {
      if (!isMetadata(body[key])) return false;
    } else if (key !== 'balancer' || !balancers.has(body[key])) return false;
  }
  return body.tenantId !== undefined && body.serviceName !== undefined;
}

function isMetadata(value: unknown): boolean {
  if (!isRecord(value)) return false;
  for (const key in value) {
    const entry = value[key];
    switch (key) {
      case 'userId':
      case 'sessionId':
        if (!isText(entry, 256)) return false;
        break;
      case 'tag':
        if (!isText(entry, 1024)) return false;
        break;
      case 'token':
        if (!isText(entry, 8192)) return false;
        break;
      case 'region':
      case 'clientIp':
      case 'position':
        if (!isText(entry, 64)) return false;
        break;
      case 'method':
        if (!isText(entry, 16)) return false;
        break;
      case 'path':
        if (!isText(entry, 4096)) return false;
        break;
      case 'headers':
      case 'cookies':
      case 'query':
        if (!isMapOf(entry, isString)) return false;
        break;
      case 'attributes':
        if (!isMapOf(entry, isScalar)) return false;
        break;
      case 'claims':
        if (!isMapOf(entry, isAnything)) return false;
        break;
      case '__proto__':
        return false;
      default:
        if (!isScalar(entry)) return false;
    }
  }
  return true;
}

function isMapOf(value: unknown, isEntry: (entry: unknown) => boolean): boolean {
  if (!isRecord(value)) return false;
  for (const key in value) {
    if (key.length > 128 || key === '__proto__' || !isEntry(value[key])) return false;
  }
  return true;
}

function isAnything(): boolean {
  return true;
}

function isScalar(value: unknown): boolean {
  return isString(value) || typeof value === 'boolean' || Number.isFinite(value);
}

function isString(value: unknown): boolean {
  return isText(value, 4096);
}

/** The contract's pattern of a name, spelled out: an expression costs more to enter than a name has characters. */
function isName(value: unknown): boolean {
  if (typeof value !== 'string' || value.length > NAME_LENGTH || !isAlphanumeric(value.charCodeAt(0))) return false;
  for (let i = 1; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (!isAlphanumeric(code) && code !== DOT && code !== DASH && code !== UNDERSCORE) return false;
  }
  return true;
}

/** Of a character code; NaN is none. */
function isAlphanumeric(code: number): boolean {
  const lower = code | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || (code >= 0x30 && code <= 0x39);
}

function isText(value: unknown, maxLength: number): boolean {
  return typeof value === 'string' && value.length <= maxLength;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasOnlyRequests(body: Record<string, unknown>): body is { requests: unknown[] } {
  for (const key in body) if (key !== 'requests') return false;
  return Array.isArray(body.requests) && body.requests.length > 0 && body.requests.length <= 500;
}
