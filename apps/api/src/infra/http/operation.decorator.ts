import type { Operation as OperationEntry } from '@grey/contracts';
import {
  applyDecorators,
  createParamDecorator,
  type ExecutionContext,
  HttpCode,
  RequestMapping,
  RequestMethod,
  SetMetadata,
} from '@nestjs/common';
import type { z } from 'zod';
import type { Caller } from '../../access/caller.ts';
import type { CallRequest } from './call-request.ts';
import type { IdempotencyClaim } from './idempotency.ts';

const OPERATION = 'grey:operation';

/** Makes a controller method answer an operation of the contract: method, path, status and permission come from there. */
export function Operation(operation: OperationEntry): MethodDecorator {
  return applyDecorators(
    SetMetadata(OPERATION, operation),
    RequestMapping({
      path: operation.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      method: RequestMethod[operation.method],
    }),
    HttpCode(operation.success.status),
  );
}

/** The operation a handler was declared with; undefined when it was declared with something else. */
export function operationOf(handler: object): OperationEntry | undefined {
  return Reflect.getMetadata(OPERATION, handler) as OperationEntry | undefined;
}

type OutputOf<S> = S extends z.ZodType ? z.output<S> : undefined;
type Part<O, K extends string> = O extends { readonly [P in K]: infer S } ? OutputOf<S> : undefined;

/** The parsed parts of a request to an operation. */
export interface Input<O> {
  readonly params: Part<O, 'params'>;
  readonly query: Part<O, 'query'>;
  readonly body: Part<O, 'body'>;
}

/** One request to an operation, parsed and allowed. `caller` is undefined on public operations only. */
export interface Called<O, C = O extends { readonly permission: 'public' } ? Caller | undefined : Caller> {
  readonly input: Input<O>;
  readonly caller: C;
  /** Entity tags of `If-Match`; undefined when the header was not sent or is `*`. */
  readonly ifMatch: readonly string[] | undefined;
  /** Set when the operation is idempotent and the caller sent a key. */
  readonly idempotency: IdempotencyClaim | undefined;
  readonly idempotencyKey: string | undefined;
  readonly traceId: string;
  /** Address of the peer. */
  readonly clientIp: string;
}

/** Hands the {@link Called} of the request to a controller method. */
export const Call = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<CallRequest>().called,
);
