import type { ServerResponse } from 'node:http';
import {
  CONVERGENCE_HEADER,
  type Convergence,
  formatConvergence,
  type Operation,
  type Position,
  waitQuerySchema,
} from '@grey/contracts';
import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import { lastValueFrom, map, type Observable, of } from 'rxjs';
import { z } from 'zod';
import { type CallContext, callContext } from './call-context.ts';
import type { CallRequest } from './call-request.ts';
import { DryRun } from './dry-run.ts';
import { parseIfMatch } from './etag.ts';
import { claimOf } from './idempotency.ts';
import { operationOf } from './operation.decorator.ts';
import { parseInput } from './parse-input.ts';
import { readBody } from './read-body.ts';
import { Replayed } from './replayed.ts';

const BODY_LIMIT = 1024 * 1024;
/** Twenty thousand explicit cells, or tenants, fit. */
const BULK_BODY_LIMIT = 4 * 1024 * 1024;
/** Eight megabytes of SQL, with what JSON adds for ends of lines and quotes. */
const SQL_BODY_LIMIT = 12 * 1024 * 1024;
const withSql = new Set(['checkMigrations', 'putMigrationSet']);
const bulk = new Set(['planAssignments', 'applyAssignments', 'planRollback', 'emergencyRollback']);
/** A condition of 32 levels takes two of a body each. */
const CONDITION_DEPTH = 80;
const withConditions = new Set(['Rules', 'Experiments', 'Lanes', 'Flags']);

/** Largest body of an operation in bytes. */
export function bodyLimitOf(operation: Operation): number {
  if (withSql.has(operation.id)) return SQL_BODY_LIMIT;
  return bulk.has(operation.id) ? BULK_BODY_LIMIT : BODY_LIMIT;
}

/** Holds an answer back until every router has a position, or the time is over. */
export type WaitConverged = (position: Position, timeoutMs: number) => Promise<Convergence>;

/** Injection token of {@link WaitConverged}. */
export const WAIT_CONVERGED = Symbol('WaitConverged');

/**
 * Behind the guard, so that a stranger's body is never read: parses the request by the contract, and puts the ETag of
 * what is answered, and how far its change got, into headers.
 */
@Injectable()
export class CallInterceptor implements NestInterceptor {
  constructor(@Inject(WAIT_CONVERGED) private readonly waitConverged: WaitConverged) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const operation = operationOf(context.getHandler());
    if (operation === undefined) return next.handle();
    const request = context.switchToHttp().getRequest<CallRequest>();
    const response = context.switchToHttp().getResponse<ServerResponse>();
    await prepareCall(operation, request);
    const wait = waitOf(operation, request);
    if (wait === undefined) return next.handle().pipe(map((answer) => finish(operation, response, answer)));
    const own: CallContext = {};
    return callContext.run(own, async () => {
      const answer = await lastValueFrom(next.handle(), { defaultValue: undefined });
      await this.#converge(own, wait, response);
      return of(finish(operation, response, answer));
    });
  }

  /** Says how far the change of this call got. A call that changed nothing has nothing to wait for. */
  async #converge(
    { committed, convergence: known }: CallContext,
    waitMs: number,
    response: ServerResponse,
  ): Promise<void> {
    if (committed === undefined && known === undefined) return;
    const convergence = known ?? (await this.waitConverged(committed as Position, waitMs));
    response.setHeader(CONVERGENCE_HEADER, formatConvergence(convergence));
  }
}

async function prepareCall(operation: Operation, request: CallRequest): Promise<void> {
  const depth = withConditions.has(operation.tag) ? CONDITION_DEPTH : undefined;
  const body = operation.body === undefined ? undefined : await readBody(request, bodyLimitOf(operation), depth);
  const search = new URL(request.url ?? '/', 'http://localhost').searchParams;
  const input = parseInput(withWait(operation), { params: { ...request.params }, search, body });
  const header = request.headers['idempotency-key'];
  const idempotencyKey = Array.isArray(header) ? header.join(',') : header;
  const { caller } = request;
  const idempotency =
    caller === undefined
      ? undefined
      : claimOf(idempotencyKey, operation, `${caller.kind}:${caller.id}`, { params: input.params, body: input.body });
  request.called = {
    input,
    caller,
    ifMatch: operation.hasEtag === true ? parseIfMatch(request.headers['if-match']) : undefined,
    idempotency,
    idempotencyKey,
    traceId: request.traceId ?? '',
    clientIp: request.socket.remoteAddress ?? '',
  } as NonNullable<CallRequest['called']>;
}

/** Milliseconds that the caller will wait for the routers; undefined when it does not ask for that. */
function waitOf(operation: Operation, request: CallRequest): number | undefined {
  if (operation.canWait !== true || request.called === undefined) return undefined;
  const { wait, waitMs } = request.called.input.query as unknown as z.output<typeof waitQuerySchema>;
  return wait === undefined ? undefined : waitMs;
}

/** With the query of waiting beside its own. */
function withWait(operation: Operation): Operation {
  if (operation.canWait !== true) return operation;
  return { ...operation, query: (operation.query ?? z.object({})).extend(waitQuerySchema.shape) };
}

function finish(operation: Operation, response: ServerResponse, answer: unknown): unknown {
  if (response.headersSent) return answer;
  response.setHeader('Cache-Control', 'no-store');
  const body = answer instanceof Replayed || answer instanceof DryRun ? answer.body : answer;
  if (answer instanceof Replayed) response.setHeader('Idempotency-Replayed', 'true');
  if (operation.hasEtag === true && typeof body === 'object' && body !== null && 'etag' in body)
    response.setHeader('ETag', String(body.etag));
  if (operation.also !== undefined)
    send(response, (answer instanceof DryRun ? operation.also : operation.success).status, body);
  return body;
}

/** Nest gives each handler one status; a handler with two leaves the sending to us. */
function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}
