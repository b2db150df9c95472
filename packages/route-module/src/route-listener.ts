import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type ErrorCode, errorCodes, operations } from '@grey/contracts';
import type { LanePosition } from '@grey/lanes';
import type { Decision, DecisionEnv, DecisionRequest, Snapshot } from '@grey/route-core';
import { createTimestamps } from './answer-timestamp.ts';
import type { RouteCaller } from './caller.ts';
import type { TrustOptions } from './judge-request.ts';
import { createLaneVerifier } from './lane-verifier.ts';
import { parseJson } from './parse-json.ts';
import { sendProblem } from './problem.ts';
import { readBody } from './read-body.ts';
import type { RouteContext } from './route-context.ts';
import { answerBatch, answerExplain, answerFlags, answerRoute, type RouteHandler } from './route-handlers.ts';
import { noMetrics, type RouteMetrics } from './route-metrics.ts';
import type { TokenCache, VerifiedToken } from './token-cache.ts';

export interface RouteListenerOptions extends TrustOptions {
  /** The snapshot to answer from, or undefined while there is none. */
  readonly getSnapshot: () => Snapshot | undefined;
  /** An earlier snapshot by its position, undefined where it is not kept. Default: none is. */
  readonly getSnapshotAt?: (position: LanePosition) => Snapshot | undefined;
  readonly env: DecisionEnv;
  readonly tokens: TokenCache;
  readonly metrics?: RouteMetrics;
  /** Milliseconds since 1970. Default Date.now. */
  readonly now?: () => number;
  /** Bytes that a body may have. Default 64 KiB. */
  readonly bodyLimit?: number;
  /** Bytes that the body of a batch may have. Default 1 MiB. */
  readonly batchBodyLimit?: number;
  /** How deep objects and arrays may be nested. Default 32. */
  readonly maxDepth?: number;
  /** Called with every decision of /route and /route/batch; it must neither throw nor take long. */
  readonly onDecided?: (request: DecisionRequest, decision: Decision) => void;
  /** Told of every error that is nobody's declared fault; the caller gets INTERNAL_ERROR with the same trace id. */
  readonly onError?: (error: unknown, req: IncomingMessage) => void;
}

/** Takes the requests to its own paths and returns true; false leaves the request to whoever comes next. */
export type RouteListener = (req: IncomingMessage, res: ServerResponse) => boolean;

interface Endpoint {
  readonly answer: RouteHandler;
  readonly bodyLimit: number;
  readonly isTimed: boolean;
}

/** A connection remembers its last token, so that a caller that keeps its connection does not pay for a hash per request. */
interface RememberedToken {
  readonly header: string;
  readonly bearer: string;
  readonly entry: VerifiedToken;
}

const REMEMBERED = Symbol('token of this connection');
type RememberingSocket = Socket & { [REMEMBERED]?: RememberedToken };

/**
 * POST /route, /route/batch, /flags and /explain on plain node:http, to stand in front of a framework on the same server.
 * Answers from memory only: all that it may wait for is the first check of a token, the caller's or a user's.
 */
export function createRouteListener(options: RouteListenerOptions): RouteListener {
  const { tokens, metrics = noMetrics, bodyLimit = 64 * 1024, maxDepth = 32 } = options;
  const onError = options.onError ?? (() => {});
  const now = options.now ?? Date.now;
  const context: RouteContext = {
    getSnapshot: options.getSnapshot,
    getSnapshotAt: options.getSnapshotAt ?? (() => undefined),
    env: options.env,
    metrics,
    timestamp: createTimestamps(now),
    onDecided: options.onDecided,
    verifyLane: createLaneVerifier(options.laneKeys, now),
    userTokens: options.userTokens,
    trustedHops: options.trustedHops,
  };
  const routePath = operations.route.path;
  const route: Endpoint = { answer: answerRoute, bodyLimit, isTimed: true };
  const others = new Map<string, Endpoint>([
    [
      operations.routeBatch.path,
      { answer: answerBatch, bodyLimit: options.batchBodyLimit ?? 1024 * 1024, isTimed: true },
    ],
    [operations.explain.path, { answer: answerExplain, bodyLimit, isTimed: false }],
    [operations.decideFlags.path, { answer: answerFlags, bodyLimit, isTimed: false }],
  ]);
  const findEndpoint = (url: string): Endpoint | undefined => {
    if (url === routePath) return route;
    const query = url.indexOf('?');
    const path = query === -1 ? url : url.slice(0, query);
    return path === routePath ? route : others.get(path);
  };

  const reject: typeof sendProblem = (req, res, code, extra, headers) => {
    metrics.rejected(errorCodes[code].status);
    sendProblem(req, res, code, extra, headers);
  };

  const fail = (req: IncomingMessage, res: ServerResponse, error: unknown): void => {
    const code = codeOf(error);
    if (code === 'INTERNAL_ERROR') onError(error, req);
    if (!res.headersSent) reject(req, res, code);
    else res.destroy();
  };

  const took = (endpoint: Endpoint, startedAt: number): void => {
    if (endpoint.isTimed) metrics.took((performance.now() - startedAt) / 1000);
  };

  const withCaller = (
    endpoint: Endpoint,
    req: IncomingMessage,
    res: ServerResponse,
    caller: RouteCaller,
    startedAt: number,
  ): void => {
    if (!caller.permissions.has('route') || caller.mustChangePassword) {
      const detail = caller.permissions.has('route')
        ? 'Change the one-time password first.'
        : 'This needs the permission route.';
      reject(req, res, 'PERMISSION_DENIED', { detail });
      return;
    }
    if (hasBody(req) && !isJson(req)) {
      reject(req, res, 'CONTENT_TYPE_UNSUPPORTED');
      return;
    }
    readBody(req, endpoint.bodyLimit, (bytes) => {
      if (bytes === undefined) {
        reject(req, res, 'BODY_TOO_LARGE', { detail: `The limit is ${endpoint.bodyLimit} bytes.` });
        return;
      }
      const body = parseJson(bytes, maxDepth);
      if (!body.ok) {
        reject(req, res, body.code, body.detail === undefined ? {} : { detail: body.detail });
        return;
      }
      try {
        const answering = endpoint.answer(context, req, res, caller, body.value);
        if (answering === undefined) took(endpoint, startedAt);
        else answering.then(() => took(endpoint, startedAt)).catch((error: unknown) => fail(req, res, error));
      } catch (error) {
        fail(req, res, error);
      }
    });
  };

  return (req, res) => {
    const endpoint = findEndpoint(req.url ?? '');
    if (endpoint === undefined) return false;
    if (req.method !== 'POST') {
      reject(req, res, 'METHOD_NOT_ALLOWED', {}, { allow: 'POST' });
      return true;
    }
    const startedAt = performance.now();
    const header = req.headers.authorization;
    const socket: RememberingSocket = req.socket;
    const memory = socket[REMEMBERED];
    if (memory !== undefined && memory.header === header && tokens.isUsable(memory.entry, memory.bearer)) {
      withCaller(endpoint, req, res, memory.entry.caller, startedAt);
      return true;
    }
    const bearer = header === undefined ? undefined : bearerOf(header);
    if (header === undefined || bearer === undefined) {
      reject(req, res, header === undefined ? 'TOKEN_MISSING' : 'TOKEN_INVALID');
      return true;
    }
    const entry = tokens.find(bearer);
    if (entry !== undefined) {
      socket[REMEMBERED] = { header, bearer, entry };
      withCaller(endpoint, req, res, entry.caller, startedAt);
      return true;
    }
    tokens.verify(bearer).then(
      (verified) => {
        if (!verified.isRevoked) socket[REMEMBERED] = { header, bearer, entry: verified };
        withCaller(endpoint, req, res, verified.caller, startedAt);
      },
      (error) => fail(req, res, error),
    );
    return true;
  };
}

/** undefined: the header is of another scheme or empty. */
function bearerOf(header: string): string | undefined {
  const match = /^Bearer +([\x21-\x7e]+)$/i.exec(header);
  return match?.[1];
}

function hasBody(req: IncomingMessage): boolean {
  const length = req.headers['content-length'];
  return length === undefined ? req.headers['transfer-encoding'] !== undefined : length !== '0';
}

function isJson(req: IncomingMessage): boolean {
  const type = req.headers['content-type'];
  if (type === undefined || (req.headers['content-encoding'] ?? 'identity') !== 'identity') return false;
  return type === 'application/json' || /^application\/json *(?:; *charset="?utf-?8"? *)?$/i.test(type);
}

function codeOf(error: unknown): ErrorCode {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && Object.hasOwn(errorCodes, code) ? (code as ErrorCode) : 'INTERNAL_ERROR';
}
