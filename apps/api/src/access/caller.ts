import type { Permission, Role } from '@grey/contracts';
import { ApiError } from '../infra/http/api-error.ts';

/** Who asks, and what they may do. */
export interface Caller {
  readonly kind: 'user' | 'api_key';
  readonly id: string;
  readonly name: string;
  /** null: an API key */
  readonly role: Role | null;
  readonly permissions: ReadonlySet<Permission>;
  /** null: every tenant */
  readonly tenantIds: ReadonlySet<string> | null;
  readonly mustChangePassword: boolean;
  /** Epoch milliseconds; Infinity for a key without end. */
  readonly expiresAt: number;
  /** Id of the session token; undefined for API keys. */
  readonly tokenId?: string;
}

/** True when the caller may act for the tenant. */
export function mayActFor(caller: Caller, tenantId: string): boolean {
  return caller.tenantIds === null || caller.tenantIds.has(tenantId);
}

/** @throws ApiError TENANT_FORBIDDEN, without saying whether such a tenant exists */
export function assertTenant(caller: Caller, tenantId: string): void {
  if (!mayActFor(caller, tenantId)) throw new ApiError('TENANT_FORBIDDEN');
}
