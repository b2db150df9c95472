import type { ServerResponse } from 'node:http';
import type { Operation } from '@grey/contracts';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { map, type Observable } from 'rxjs';
import type { CallRequest } from './call-request.ts';
import { parseIfMatch } from './etag.ts';
import { claimOf } from './idempotency.ts';
import { operationOf } from './operation.decorator.ts';
import { parseInput } from './parse-input.ts';
import { readBody } from './read-body.ts';
import { Replayed } from './replayed.ts';

const BODY_LIMIT = 1024 * 1024;
/** Twenty thousand explicit cells, or tenants, fit. */
const BULK_BODY_LIMIT = 4 * 1024 * 1024;
const bulk = new Set(['planAssignments', 'applyAssignments']);

/** Largest body of an operation in bytes. */
export function bodyLimitOf(operation: Operation): number {
  return bulk.has(operation.id) ? BULK_BODY_LIMIT : BODY_LIMIT;
}

/**
 * Behind the guard, so that a stranger's body is never read: parses the request by the contract, and puts the ETag of
 * what is answered into its header.
 */
@Injectable()
export class CallInterceptor implements NestInterceptor {
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const operation = operationOf(context.getHandler());
    if (operation === undefined) return next.handle();
    const request = context.switchToHttp().getRequest<CallRequest>();
    const response = context.switchToHttp().getResponse<ServerResponse>();
    await prepareCall(operation, request);
    return next.handle().pipe(map((answer) => finish(operation, response, answer)));
  }
}

async function prepareCall(operation: Operation, request: CallRequest): Promise<void> {
  const body = operation.body === undefined ? undefined : await readBody(request, bodyLimitOf(operation));
  const search = new URL(request.url ?? '/', 'http://localhost').searchParams;
  const input = parseInput(operation, { params: { ...request.params }, search, body });
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

function finish(operation: Operation, response: ServerResponse, answer: unknown): unknown {
  if (response.headersSent) return answer;
  response.setHeader('Cache-Control', 'no-store');
  const body = answer instanceof Replayed ? answer.body : answer;
  if (answer instanceof Replayed) response.setHeader('Idempotency-Replayed', 'true');
  if (operation.hasEtag === true && typeof body === 'object' && body !== null && 'etag' in body)
    response.setHeader('ETag', String(body.etag));
  return body;
}
