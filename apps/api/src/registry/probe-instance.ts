import { Agent, request } from 'node:http';
import type { CheckResult } from './instance-registry.ts';

/** A check looks at a server as a stranger would: with a connection of its own. */
const agent = new Agent({ keepAlive: false });

/**
 * Asks an instance how it is: 200 is healthy, any other answer degraded, none within `timeoutMs` unhealthy. Redirects are
 * not followed and the body is not read, so that nothing beyond the address that was registered is ever asked.
 */
export function probeInstance(address: string, endpoint: string, timeoutMs: number): Promise<CheckResult> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const asked = request(`http://${address}${endpoint}`, { agent, signal, headers: { 'user-agent': 'grey-router' } });
    asked.on('response', (response) => {
      const { statusCode = 0 } = response;
      resolve({ health: statusCode === 200 ? 'healthy' : 'degraded', detail: `HTTP ${statusCode}` });
      asked.destroy();
    });
    asked.on('error', (error: NodeJS.ErrnoException) => {
      const detail = signal.aborted ? `no answer within ${timeoutMs} ms` : (error.code ?? error.message).slice(0, 200);
      resolve({ health: 'unhealthy', detail });
    });
    asked.end();
  });
}
