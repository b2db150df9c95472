import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ApiError } from '../infra/http/api-error.ts';
import type { CallRequest } from '../infra/http/call-request.ts';
import { operationOf } from '../infra/http/operation.decorator.ts';
import { assertTenant, type Caller } from './caller.ts';
import { TokensService } from './tokens.service.ts';

/** What a caller who must change the password first may still do. */
const beforePasswordChange = new Set(['getMe', 'changePassword', 'logout']);

/** Runs before a request's body is read: who asks, and is the declared permission theirs? */
@Injectable()
export class AccessGuard implements CanActivate {
  readonly #tokens: TokensService;

  constructor(tokens: TokensService) {
    this.#tokens = tokens;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const operation = operationOf(context.getHandler());
    // RouteCheck refuses to start with such a route; should one slip in, it stays shut.
    if (operation === undefined) throw new ApiError('PERMISSION_DENIED');
    if (operation.permission === 'public') return true;
    const request = context.switchToHttp().getRequest<CallRequest>();
    const caller = await this.#tokens.authenticate(bearerOf(request));
    request.caller = caller;
    if (operation.permission !== 'authenticated') assertPermission(caller, operation.permission);
    if (caller.mustChangePassword && !beforePasswordChange.has(operation.id))
      throw new ApiError('PERMISSION_DENIED', { detail: 'Change the one-time password first.' });
    const { tenantId } = request.params;
    if (operation.tenantIn === 'path' && tenantId !== undefined) assertTenant(caller, tenantId);
    return true;
  }
}

function bearerOf(request: CallRequest): string {
  const header = request.headers.authorization;
  if (header === undefined) throw new ApiError('TOKEN_MISSING');
  const [, token] = /^Bearer +([\x21-\x7e]+)$/i.exec(header) ?? [];
  if (token === undefined) throw new ApiError('TOKEN_INVALID');
  return token;
}

function assertPermission(caller: Caller, permission: Parameters<Caller['permissions']['has']>[0]): void {
  if (!caller.permissions.has(permission))
    throw new ApiError('PERMISSION_DENIED', { detail: `This needs the permission ${permission}.` });
}
