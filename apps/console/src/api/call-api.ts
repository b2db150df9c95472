import { ConnectionLost, problemFrom } from './api-problem.ts';
import { type Convergence, convergenceHeader, parseConvergence } from './convergence.ts';
import { session } from './session.ts';

export interface CallInit extends RequestInit {
  /** Told how far the change got, when it was asked to wait for the routers and changed something. */
  onConvergence?: (convergence: Convergence) => void;
}

/**
 * The one way from the generated client to the network: adds the session's token, turns every failure into an
 * `ApiProblem` or `ConnectionLost`, and ends the session when the API no longer accepts its token.
 */
export async function callApi<T>(url: string, { onConvergence, ...init }: CallInit): Promise<T> {
  const headers = new Headers(init.headers);
  const sent = session.current?.accessToken;
  if (sent) headers.set('authorization', `Bearer ${sent}`);
  headers.set('accept', 'application/json');
  let response: Response;
  try {
    response = await fetch(url, { ...init, headers });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ConnectionLost();
  }
  if (response.ok) {
    const convergence = parseConvergence(response.headers.get(convergenceHeader) ?? '');
    if (convergence) onConvergence?.(convergence);
    return (response.status === 204 ? undefined : await response.json()) as T;
  }
  const problem = await problemFrom(response);
  const isTokenRefused = response.status === 401 && !('code' in problem && problem.code === 'CREDENTIALS_WRONG');
  // Another tab may have logged in meanwhile: only the token that was refused is thrown away.
  if (isTokenRefused && sent && session.current?.accessToken === sent) session.set(null);
  throw problem;
}

/** A fresh key for the `Idempotency-Key` header: repeating the same request then has one effect. */
export function makeIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
