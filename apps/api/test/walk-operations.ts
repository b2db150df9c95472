import { type Operation, type OperationId, operationList } from '@grey/contracts';

/** Spend the token they are called with. */
const SPENDING: ReadonlySet<string> = new Set<OperationId>(['logout', 'changePassword']);

/** Somebody the walk sends: a bearer token, or none. `token` makes a fresh one, asked for again once one is spent. */
export interface Persona {
  readonly name: string;
  token(): Promise<string | undefined> | string | undefined;
}

export type Outcome = 'unauthenticated' | 'denied' | 'foreign' | 'allowed';

export interface Visit {
  readonly operation: OperationId;
  readonly persona: string;
  readonly outcome: Outcome;
  readonly status: number;
}

/**
 * Asks every operation of the contract as every persona, in a form that gets past the door but does nothing: empty
 * bodies, ids that nobody has, preconditions that never hold. Only what the door says is of interest.
 *
 * @param tenantId what stands in the paths that name a tenant
 */
export async function walkOperations(
  baseUrl: string,
  personas: readonly Persona[],
  tenantId: string,
): Promise<Visit[]> {
  const visits: Visit[] = [];
  // A login costs more than all that is asked with it.
  const tokens = new Map<Persona, string | undefined>();
  for (const operation of operationList)
    for (const persona of personas) {
      if (!tokens.has(persona)) tokens.set(persona, await persona.token());
      visits.push(await visit(baseUrl, operation, persona, tokens.get(persona), tenantId));
      if (SPENDING.has(operation.id)) tokens.delete(persona);
    }
  return visits;
}

async function visit(
  baseUrl: string,
  operation: Operation,
  persona: Persona,
  token: string | undefined,
  tenantId: string,
): Promise<Visit> {
  const ending = new AbortController();
  const hasBody = operation.body !== undefined;
  const response = await fetch(`${baseUrl}${pathOf(operation, tenantId)}`, {
    method: operation.method,
    headers: {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(hasBody ? { 'Content-Type': 'application/json' } : {}),
      'If-Match': '"never"',
    },
    ...(hasBody ? { body: JSON.stringify(bodyOf(operation, tenantId)) } : {}),
    signal: ending.signal,
  });
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  const code = isStream || response.ok ? undefined : codeOf(await response.text());
  ending.abort();
  return {
    operation: operation.id as OperationId,
    persona: persona.name,
    outcome: outcomeOf(response.status, code),
    status: response.status,
  };
}

function pathOf(operation: Operation, tenantId: string): string {
  return operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    name === 'tenantId' ? tenantId : name === 'changeId' ? 'none-1' : 'nobody-has-this',
  );
}

/** Deciding changes nothing, so those are asked in full: the tenant stands in the body. */
function bodyOf(operation: Operation, tenantId: string): unknown {
  const request = { tenantId, serviceName: 'nobody-has-this' };
  if (operation.id === 'route' || operation.id === 'explain') return request;
  return {};
}

function codeOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { code?: string }).code;
  } catch {
    return undefined;
  }
}

function outcomeOf(status: number, code: string | undefined): Outcome {
  if (code === 'TOKEN_MISSING' || code === 'TOKEN_INVALID') return 'unauthenticated';
  if (code === 'PERMISSION_DENIED') return 'denied';
  if (code === 'TENANT_FORBIDDEN') return 'foreign';
  if (status === 401 || status === 403) throw new Error(`${status} with the code ${code}`);
  return 'allowed';
}
