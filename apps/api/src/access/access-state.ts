import type { ApiKeyScope, Role } from '@grey/contracts';

/** What verifying a session token needs to know of its user. */
export interface KnownUser {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly role: Role;
  readonly tenantIds: readonly string[];
  readonly isActive: boolean;
  readonly mustChangePassword: boolean;
  readonly tokenVersion: number;
}

/** What verifying an API key needs to know of it. */
export interface KnownApiKey {
  readonly id: string;
  readonly name: string;
  readonly secretHash: string;
  readonly scopes: readonly ApiKeyScope[];
  readonly tenantIds: readonly string[] | null;
  readonly expiresAt: Date | null;
}

/** Everything that verification needs, as one immutable value: it is swapped as a whole and asks no database. */
export interface AccessState {
  readonly usersById: ReadonlyMap<string, KnownUser>;
  readonly apiKeysByHash: ReadonlyMap<string, KnownApiKey>;
  readonly revokedTokenIds: ReadonlySet<string>;
}

export const emptyAccessState: AccessState = {
  usersById: new Map(),
  apiKeysByHash: new Map(),
  revokedTokenIds: new Set(),
};
