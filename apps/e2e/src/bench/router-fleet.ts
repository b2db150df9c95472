import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { endProcess } from '../launch-api.ts';
import type { AppliedMessage, DigestsMessage } from './router-child.ts';

const CHILD_COUNT = 6;
const ROUTERS_PER_CHILD = 3;
/** Routers of a fleet; with the two replicas of the API there are 20. */
export const FLEET_SIZE = CHILD_COUNT * ROUTERS_PER_CHILD;

/** 18 routers in six processes, which tell what they apply and when. */
export class RouterFleet {
  readonly #children: readonly RouterProcess[];

  private constructor(children: readonly RouterProcess[]) {
    this.#children = children;
  }

  /** @param failShare the share of reads of the stream that fails, 0 to 1 */
  static async start(
    redisUrl: string,
    failShare: number,
    onApplied: (message: AppliedMessage) => void,
  ): Promise<RouterFleet> {
    const fleet = new RouterFleet(
      Array.from({ length: CHILD_COUNT }, (_, i) => new RouterProcess(redisUrl, i, failShare, onApplied)),
    );
    await Promise.all(fleet.#children.map((child) => child.ready));
    return fleet;
  }

  /** What the routers have now, and how much of what they read was made to fail. @throws Error when one does not answer */
  async report(): Promise<{ readonly digests: readonly string[]; readonly failedReads: number }> {
    const told = await Promise.all(this.#children.map((child) => child.digests()));
    const digests = told.flatMap((one) => one.digests);
    if (digests.length !== FLEET_SIZE) throw new Error('a router is missing');
    return { digests, failedReads: told.reduce((sum, one) => sum + one.failedReads, 0) };
  }

  async stop(): Promise<void> {
    await Promise.all(this.#children.map(({ child }) => endProcess(child, 'SIGKILL')));
  }
}

class RouterProcess {
  readonly child: ChildProcess;
  readonly ready: Promise<unknown>;

  constructor(url: string, number: number, failShare: number, onApplied: (message: AppliedMessage) => void) {
    const script = fileURLToPath(new URL('router-child.ts', import.meta.url));
    const args = [url, `r${number}`, String(ROUTERS_PER_CHILD), String(failShare), String(7 + number)];
    this.child = fork(script, args);
    this.child.on('message', (message: AppliedMessage | { type: 'ready' }) => {
      if (message.type === 'applied') onApplied(message);
    });
    this.ready = this.#first('ready');
  }

  async digests(): Promise<DigestsMessage> {
    const answer = this.#first<DigestsMessage>('digests');
    this.child.send('digests');
    return answer;
  }

  /** The next message of a type; messages that come at once with it are not lost. @throws Error when the process ends */
  #first<T extends { type: string }>(type: T['type']): Promise<T> {
    return new Promise((resolve, reject) => {
      const take = (message: T) => {
        if (message.type !== type) return;
        this.child.off('message', take);
        resolve(message);
      };
      this.child.on('message', take);
      this.child.once('exit', () => reject(new Error('a process of routers ended')));
    });
  }
}
