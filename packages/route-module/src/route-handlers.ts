import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorCodes, type RouteRequest } from '@grey/contracts';
import {
  type Decision,
  type DecisionEnv,
  type DecisionRequest,
  decide,
  explain,
  type Snapshot,
} from '@grey/route-core';
import type { RouteCaller } from './caller.ts';
import { type Checked, checkBatchRequest, checkRouteRequest } from './check-request.ts';
import { detailOf, encodeDecision, encodeFailure, encodeRouted } from './encode-answer.ts';
import { normalizeMetadata } from './normalize-metadata.ts';
import { sendProblem } from './problem.ts';
import type { RouteMetrics } from './route-metrics.ts';

/** What the handlers of the three endpoints share. */
export interface RouteContext {
  readonly getSnapshot: () => Snapshot | undefined;
  readonly env: DecisionEnv;
  readonly metrics: RouteMetrics;
  readonly timestamp: () => string;
}

/** Answers a request whose caller is known and whose body is parsed JSON. */
export type RouteHandler = (
  context: RouteContext,
  req: IncomingMessage,
  res: ServerResponse,
  caller: RouteCaller,
  body: unknown,
) => void;

export const answerRoute: RouteHandler = (context, req, res, caller, body) => {
  const request = check(context, req, res, checkRouteRequest(body));
  if (request === undefined) return;
  if (!mayActFor(caller, request.tenantId)) {
    forbid(context, req, res, request.tenantId);
    return;
  }
  const snapshot = findSnapshot(context, req, res);
  if (snapshot === undefined) return;
  const decision = decide(snapshot, toDecisionRequest(request), context.env);
  context.metrics.decided(decision);
  if (decision.ok) sendAscii(res, encodeRouted(decision, context.timestamp()));
  else sendProblem(req, res, decision.code, { detail: detailOf(decision) });
};

/** All decisions of a batch are made at one position. A tenant that the caller may not act for fails on its own. */
export const answerBatch: RouteHandler = (context, req, res, caller, body) => {
  const batch = check(context, req, res, checkBatchRequest(body));
  if (batch === undefined) return;
  const snapshot = findSnapshot(context, req, res);
  if (snapshot === undefined) return;
  const timestamp = context.timestamp();
  const results = batch.requests.map((request) => {
    if (!mayActFor(caller, request.tenantId)) {
      context.metrics.rejected(errorCodes.TENANT_FORBIDDEN.status);
      return encodeFailure('TENANT_FORBIDDEN', forbiddenDetail(request.tenantId));
    }
    const decision = decide(snapshot, toDecisionRequest(request), context.env);
    context.metrics.decided(decision);
    return encodeDecision(decision, timestamp);
  });
  sendJson(res, `{"results":[${results.join(',')}]}`);
};

/** The decision with its steps. Counted nowhere and without effect on the balancers, so that asking changes nothing. */
export const answerExplain: RouteHandler = (context, req, res, caller, body) => {
  const request = check(context, req, res, checkRouteRequest(body));
  if (request === undefined) return;
  if (!mayActFor(caller, request.tenantId)) {
    forbid(context, req, res, request.tenantId);
    return;
  }
  const snapshot = findSnapshot(context, req, res);
  if (snapshot === undefined) return;
  const { decision, steps } = explain(snapshot, toDecisionRequest(request), context.env);
  const told = steps.map(({ step, outcome, version, detail }) => ({
    step,
    outcome,
    detail: version === undefined ? detail : { version, ...detail },
  }));
  sendJson(
    res,
    `{"decision":${encodeDecision(decision as Decision, context.timestamp())},"steps":${JSON.stringify(told)}}`,
  );
};

function check<T>(
  context: RouteContext,
  req: IncomingMessage,
  res: ServerResponse,
  checked: Checked<T>,
): T | undefined {
  if (checked.ok) return checked.value;
  context.metrics.rejected(errorCodes.VALIDATION_FAILED.status);
  const detail = checked.errors
    .slice(0, 3)
    .map(({ path, message }) => `${path}: ${message}`)
    .join('; ');
  sendProblem(req, res, 'VALIDATION_FAILED', { detail, errors: checked.errors });
  return undefined;
}

function mayActFor(caller: RouteCaller, tenantId: string): boolean {
  return caller.tenantIds === null || caller.tenantIds.has(tenantId);
}

function forbid(context: RouteContext, req: IncomingMessage, res: ServerResponse, tenantId: string): void {
  context.metrics.rejected(errorCodes.TENANT_FORBIDDEN.status);
  sendProblem(req, res, 'TENANT_FORBIDDEN', { detail: forbiddenDetail(tenantId) });
}

function forbiddenDetail(tenantId: string): string {
  return `The caller may not act for tenant ${tenantId}.`;
}

function findSnapshot(context: RouteContext, req: IncomingMessage, res: ServerResponse): Snapshot | undefined {
  const snapshot = context.getSnapshot();
  if (snapshot !== undefined) return snapshot;
  context.metrics.rejected(errorCodes.SNAPSHOT_MISSING.status);
  sendProblem(req, res, 'SNAPSHOT_MISSING');
  return undefined;
}

function toDecisionRequest({ tenantId, serviceName, requestMetadata }: RouteRequest): DecisionRequest {
  return { tenantId, serviceName, metadata: normalizeMetadata(requestMetadata) };
}

const JSON_TYPE = 'application/json; charset=utf-8';

// No Cache-Control on either: what answers a POST is not kept unless it says so.

/** To count bytes takes longer than to decide. */
function sendAscii(res: ServerResponse, body: string): void {
  res.writeHead(200, ['content-type', JSON_TYPE, 'content-length', String(body.length)]);
  res.end(body, 'latin1');
}

function sendJson(res: ServerResponse, body: string): void {
  res.writeHead(200, ['content-type', JSON_TYPE, 'content-length', String(Buffer.byteLength(body))]);
  res.end(body);
}
