import type { ConnectionTest } from '@grey/contracts';
import type { Target } from '../../infra/net/address-guard.ts';
import type { DataSourceAddress } from '../data-source-address.ts';

/** What a look at a database shows. */
export type Found = Pick<ConnectionTest, 'latencyMs' | 'serverVersion' | 'hasSchema' | 'missingPrivileges' | 'tls'>;

/**
 * Connects, looks and leaves, writing nothing. The signal cuts the connection at whatever point it is.
 *
 * @param target the address to connect to; the name in the address is for the certificate only
 * @throws whatever the driver throws: `classifyFailure` reads it
 */
export type Probe = (address: DataSourceAddress, target: Target, signal: AbortSignal) => Promise<Found>;

/** The number in what a server calls its version. More of it is not repeated: the server may be anybody's. */
export function versionIn(text: unknown): string | null {
  return /\d{1,4}(\.\d{1,5}){0,3}(-MariaDB)?/.exec(String(text))?.[0] ?? null;
}

/** A word such as `TLSv1.3` or the name of a cipher; anything else that a server says is not repeated. */
export function wordIn(text: unknown): string | null {
  return typeof text === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(text) ? text : null;
}
