import type { DataSourceAddress } from '@grey/schema-upgrades';

/** The only form in which credentials are readable; it goes into no log and no answer. */
export type { DataSourceAddress };

export type OpenAddress = Omit<DataSourceAddress, 'user' | 'password'>;
export type Credentials = Pick<DataSourceAddress, 'user' | 'password'>;

/** How far a mode of TLS keeps a stranger from reading along. */
const strength = { off: 0, require: 1, verify: 2 } as const;

/** Whether credentials would reach another server than the one they were given for, or one that proves less. */
export function goesElsewhere(from: OpenAddress, to: OpenAddress): boolean {
  return from.host !== to.host || from.port !== to.port || strength[to.tls] < strength[from.tls];
}

export function addressOf({ engine, host, port, database, schema, tls }: OpenAddress): OpenAddress {
  return { engine, host, port, database, schema, tls };
}
