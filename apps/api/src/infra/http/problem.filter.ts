import type { ServerResponse } from 'node:http';
import { type ErrorCode, errorCodes, operationList, problemOf } from '@grey/contracts';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { databaseUnavailable, isUnavailable } from '../db/database-errors.ts';
import { ApiError } from './api-error.ts';
import type { CallRequest } from './call-request.ts';

/** The one place that turns an error into an answer: RFC 9457 with a stable code. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger = new Logger('http');

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<CallRequest>();
    const response = host.switchToHttp().getResponse<ServerResponse>();
    const answer = this.#errorOf(error, request);
    if (errorCodes[answer.code].status === 500)
      this.#logger.error({ err: error, traceId: request.traceId, method: request.method, path: pathOf(request) });
    sendProblem(request, response, answer);
  }

  #errorOf(error: unknown, request: CallRequest): ApiError {
    if (error instanceof ApiError) return error;
    if (error instanceof HttpException) return translate(error, request);
    if (isUnavailable(error)) return databaseUnavailable(error);
    return new ApiError('INTERNAL_ERROR', {}, { cause: error });
  }
}

/** Writes the problem document of an error, unless an answer has begun; then all that is left is to cut it off. */
export function sendProblem(request: CallRequest, response: ServerResponse, error: ApiError): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { status } = errorCodes[error.code];
  const problem = problemOf(error.code, {
    ...error.extra,
    instance: pathOf(request),
    ...(request.traceId === undefined ? {} : { traceId: request.traceId }),
  });
  const text = JSON.stringify(problem);
  response.writeHead(status, {
    'Content-Type': 'application/problem+json',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    ...(status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}),
    ...error.headers,
  });
  response.end(text);
}

function pathOf(request: CallRequest): string {
  return (request.url ?? '/').split('?')[0]!.slice(0, 300).toWellFormed();
}

const codeOfStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'VALIDATION_FAILED',
  413: 'BODY_TOO_LARGE',
  415: 'CONTENT_TYPE_UNSUPPORTED',
};

/** What Nest and Express themselves throw: no such path or method, and paths that cannot be decoded. */
function translate(error: HttpException, request: CallRequest): ApiError {
  if (error.getStatus() !== 404) {
    const code = codeOfStatus[error.getStatus()];
    return code === undefined
      ? new ApiError('INTERNAL_ERROR', {}, { cause: error })
      : new ApiError(code, { detail: error.message });
  }
  const allowed = methodsOf(pathOf(request));
  return allowed.length === 0
    ? new ApiError('ROUTE_NOT_FOUND')
    : new ApiError('METHOD_NOT_ALLOWED', {}, { headers: { Allow: allowed.join(', ') } });
}

const patterns = operationList.map((operation) => ({
  method: operation.method,
  pattern: new RegExp(`^${operation.path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}/?$`, 'i'),
}));

function methodsOf(path: string): string[] {
  return [...new Set(patterns.filter((one) => one.pattern.test(path)).map((one) => one.method))];
}
