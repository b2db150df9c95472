/**
 * Who asks, as far as routing needs to know. The API's own `Caller` has this shape.
 * `expiresAt` is in milliseconds since 1970; `tenantIds: null` means every tenant.
 */
export interface RouteCaller {
  readonly kind: 'user' | 'api_key';
  readonly id: string;
  readonly permissions: ReadonlySet<string>;
  readonly tenantIds: ReadonlySet<string> | null;
  readonly mustChangePassword: boolean;
  readonly expiresAt: number;
}

/** Whether the caller, a gateway at the edge, is believed in what it says of claims, lanes and positions. */
export function isTrusted(caller: RouteCaller): boolean {
  return caller.permissions.has('route.trusted');
}

/** Verifies a bearer token. Rejects with an error whose `code` is one of the contract's error codes. */
export type Authenticate = (bearer: string) => Promise<RouteCaller>;

/** What was revoked: one token (SHA-256 in hexadecimal), every session of a user, or an API key. */
export interface Revocation {
  readonly tokenHash?: string | undefined;
  readonly userId?: string | undefined;
  readonly apiKeyId?: string | undefined;
}
