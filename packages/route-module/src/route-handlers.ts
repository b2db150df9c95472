import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorCodes } from '@grey/contracts';
import { type Decision, decide, decideAt, decideFlags, explain, explainAt, type Snapshot } from '@grey/route-core';
import type { RouteCaller } from './caller.ts';
import { checkBatchRequest, checkFlagsRequest, checkRouteRequest } from './check-request.ts';
import { detailOf, encodeDecision, encodeFailure, encodeRouted } from './encode-answer.ts';
import { type JudgedRequest, judgeRequest } from './judge-request.ts';
import { sendProblem } from './problem.ts';
import { check, findSnapshot, forbid, forbiddenDetail, mayActFor } from './route-checks.ts';
import type { RouteContext } from './route-context.ts';
import { sendAscii, sendJson } from './send-json.ts';

/** Answers a request whose caller is known and whose body is parsed JSON. A promise where a user's token has to be verified. */
export type RouteHandler = (
  context: RouteContext,
  req: IncomingMessage,
  res: ServerResponse,
  caller: RouteCaller,
  body: unknown,
) => void | Promise<void>;

export const answerRoute: RouteHandler = (context, req, res, caller, body) => {
  const request = check(context, req, res, checkRouteRequest(body));
  if (request === undefined) return;
  if (!mayActFor(caller, request.tenantId)) {
    forbid(context, req, res, request.tenantId);
    return;
  }
  const judged = judgeRequest(context, caller, request);
  if (judged instanceof Promise) return judged.then((made) => route(context, req, res, made));
  route(context, req, res, judged);
};

function route(context: RouteContext, req: IncomingMessage, res: ServerResponse, judged: JudgedRequest): void {
  if (isForbidden(context, req, res, judged)) return;
  const snapshot = findSnapshot(context, req, res);
  if (snapshot === undefined) return;
  const decision = decideJudged(context, snapshot, judged);
  if (decision.ok) sendAscii(res, encodeRouted(decision, context.timestamp()));
  else sendProblem(req, res, decision.code, { detail: detailOf(decision) });
}

/** All decisions of a batch are made at one position. A tenant that the caller may not act for fails on its own. */
export const answerBatch: RouteHandler = (context, req, res, caller, body) => {
  const batch = check(context, req, res, checkBatchRequest(body));
  if (batch === undefined) return;
  const entries = batch.requests.map((request) =>
    mayActFor(caller, request.tenantId) ? judgeRequest(context, caller, request) : request.tenantId,
  );
  if (entries.some((entry) => entry instanceof Promise)) {
    return Promise.all(entries).then((settled) => routeBatch(context, req, res, settled));
  }
  routeBatch(context, req, res, entries as (JudgedRequest | string)[]);
};

/** @param entries what is to be decided, or a tenant that the caller may not act for */
function routeBatch(
  context: RouteContext,
  req: IncomingMessage,
  res: ServerResponse,
  entries: readonly (JudgedRequest | string)[],
): void {
  const snapshot = findSnapshot(context, req, res);
  if (snapshot === undefined) return;
  const timestamp = context.timestamp();
  const results = entries.map((entry) => {
    if (typeof entry === 'string') {
      context.metrics.rejected(errorCodes.TENANT_FORBIDDEN.status);
      return encodeFailure('TENANT_FORBIDDEN', forbiddenDetail(entry));
    }
    if (entry.forbidden !== null) {
      context.metrics.rejected(errorCodes.PERMISSION_DENIED.status);
      return encodeFailure('PERMISSION_DENIED', entry.forbidden);
    }
    return encodeDecision(decideJudged(context, snapshot, entry), timestamp);
  });
  sendJson(res, `{"results":[${results.join(',')}]}`);
}

/** The decision with its steps. Counted nowhere and without effect on the balancers, so that asking changes nothing. */
export const answerExplain: RouteHandler = (context, req, res, caller, body) => {
  const request = check(context, req, res, checkRouteRequest(body));
  if (request === undefined) return;
  if (!mayActFor(caller, request.tenantId)) {
    forbid(context, req, res, request.tenantId);
    return;
  }
  const judged = judgeRequest(context, caller, request);
  if (judged instanceof Promise) return judged.then((made) => tell(context, req, res, made));
  tell(context, req, res, judged);
};

function tell(context: RouteContext, req: IncomingMessage, res: ServerResponse, judged: JudgedRequest): void {
  if (isForbidden(context, req, res, judged)) return;
  const snapshot = findSnapshot(context, req, res);
  if (snapshot === undefined) return;
  const { request, position, notes } = judged;
  const { decision, steps } =
    position === null
      ? explain(snapshot, request, context.env)
      : explainAt(snapshot, context.getSnapshotAt(position), request, context.env);
  const told = steps.map(({ step, outcome, version, detail }) => ({
    step,
    outcome,
    detail: version === undefined ? detail : { version, ...detail },
  }));
  const judgedSteps = notes.map(({ outcome, detail }) => ({ step: 'request', outcome, detail }));
  const allSteps = JSON.stringify([...judgedSteps, ...told]);
  sendJson(res, `{"decision":${encodeDecision(decision, context.timestamp())},"steps":${allSteps}}`);
}

/** The flags alone. Not counted as a decision: no instance is chosen and no balancer moves. */
export const answerFlags: RouteHandler = (context, req, res, caller, body) => {
  const request = check(context, req, res, checkFlagsRequest(body));
  if (request === undefined) return;
  if (!mayActFor(caller, request.tenantId)) {
    forbid(context, req, res, request.tenantId);
    return;
  }
  const judged = judgeRequest(context, caller, request);
  if (judged instanceof Promise) return judged.then((made) => tellFlags(context, req, res, made));
  tellFlags(context, req, res, judged);
};

function tellFlags(context: RouteContext, req: IncomingMessage, res: ServerResponse, judged: JudgedRequest): void {
  if (isForbidden(context, req, res, judged)) return;
  const snapshot = findSnapshot(context, req, res);
  if (snapshot === undefined) return;
  note(context, judged);
  const { request, position } = judged;
  const earlier = position === null ? snapshot : context.getSnapshotAt(position);
  const decision = decideFlags(snapshot, request, context.env, earlier);
  if (!decision.ok) {
    context.metrics.rejected(errorCodes[decision.code].status);
    sendProblem(req, res, decision.code, { detail: detailOf(decision) });
    return;
  }
  const { tenantId, serviceName, version, reason, flags, epoch, revision } = decision;
  sendJson(res, JSON.stringify({ tenantId, serviceName, version, reason, flags, epoch, revision }));
}

function decideJudged(context: RouteContext, snapshot: Snapshot, judged: JudgedRequest): Decision {
  const { request, position } = judged;
  const decision =
    position === null
      ? decide(snapshot, request, context.env)
      : decideAt(snapshot, context.getSnapshotAt(position), request, context.env);
  context.metrics.decided(decision);
  note(context, judged);
  if (decision.ok && decision.isRevisionMissed) context.metrics.noted('position_missed');
  context.onDecided?.(request, decision);
  return decision;
}

function note(context: RouteContext, { notes }: JudgedRequest): void {
  for (const { outcome } of notes) context.metrics.noted(outcome);
}

function isForbidden(
  context: RouteContext,
  req: IncomingMessage,
  res: ServerResponse,
  { forbidden }: JudgedRequest,
): boolean {
  if (forbidden === null) return false;
  context.metrics.rejected(errorCodes.PERMISSION_DENIED.status);
  sendProblem(req, res, 'PERMISSION_DENIED', { detail: forbidden });
  return true;
}
