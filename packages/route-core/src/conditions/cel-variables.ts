import type { Operand } from '../routing-records.ts';

type Named = Extract<Operand, { name: string }>['from'];
type Single = Exclude<Operand, { name: string }>['from'];

/** Variables that hold values by name. The first name of a kind is the one that is printed. */
export const MAPS: Readonly<Record<string, Named>> = {
  header: 'header',
  headers: 'header',
  cookie: 'cookie',
  cookies: 'cookie',
  query: 'query',
  attributes: 'attribute',
  attribute: 'attribute',
  claims: 'claim',
};

/** Variables that are one text; '' where the request has none. */
export const TEXTS: Readonly<Record<string, Single>> = {
  path: 'path',
  method: 'method',
  user: 'user',
  userId: 'user',
  session: 'session',
  sessionId: 'session',
  tenant: 'tenant',
  tenantId: 'tenant',
  token: 'token',
  clientIp: 'client_ip',
  region: 'region',
  tag: 'tag',
};

/** The user as a whole number; where it is none, whatever asks for it fails. */
export const UID = 'uid';

export const VARIABLES: ReadonlySet<string> = new Set([...Object.keys(MAPS), ...Object.keys(TEXTS), UID]);

/** How an operand's variable is printed. */
export function variableOf(from: Operand['from']): string {
  for (const table of [MAPS, TEXTS]) for (const [name, kind] of Object.entries(table)) if (kind === from) return name;
  return from;
}
