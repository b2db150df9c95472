/** One instance as a foreign registry tells it, before anything of ours is read into it. */
export interface SourceInstance {
  readonly serviceName: string;
  /** The registry's own id; any text, unique within the registry. */
  readonly instanceId: string;
  readonly ip: string;
  readonly port: number;
  /** On the registry's own scale: Nacos has 0–10 000 with 1 as the default. */
  readonly weight: number;
  /** The operator's switch in the registry. */
  readonly isEnabled: boolean;
  readonly isHealthy: boolean;
  /** False: the registry keeps the instance listed when it no longer beats. */
  readonly isEphemeral: boolean;
  readonly cluster: string;
  readonly group: string;
  readonly namespace: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * A registry we read from. What it says is taken as it is: an empty list may be the truth or the beginning of an
 * outage, and which of both is for the sync to find out; but "I could not read it" never looks like an empty list.
 */
export interface RegistrySource {
  /** Which adapter this is: `nacos-v1`, `nacos-v3`. */
  readonly kind: string;

  /**
   * Names of all services of the configured namespace and group, sorted; all pages.
   * @throws SourceUnavailableError
   */
  listServices(): Promise<readonly string[]>;

  /**
   * The instances of one service, asked from the server now, unhealthy and disabled ones included. A service that the
   * registry does not know has none.
   * @throws SourceUnavailableError when the server gave no answer that can be understood
   */
  listInstances(serviceName: string): Promise<readonly SourceInstance[]>;

  /**
   * Tells the list as soon as it is known and then whenever it has changed, by push or by poll; an emptied list is told
   * as `[]`. Says nothing while the server cannot be read. Listeners of one service share one subscription.
   *
   * @param listener must not throw; what it throws is logged and forgotten
   * @returns ends the subscription; nothing is told afterwards
   */
  subscribe(serviceName: string, listener: InstancesListener): () => void;

  /** Ends all subscriptions, timers and sockets; the process can exit at once. Idempotent. */
  close(): Promise<void>;
}

export type InstancesListener = (instances: readonly SourceInstance[]) => void;

/**
 * Why a registry could not be read.
 * - `UNREACHABLE`: no connection, no answer in time, or a server that says that it is not well.
 * - `REFUSED`: the server answers, but not to us (credentials, rights). Also for some seconds after its start, so ask again later.
 * - `GARBAGE`: an answer came that is no answer: an empty body, half a body, another form than agreed, far too much.
 * - `UNSUPPORTED`: the server does not speak this API, or no longer since it was upgraded: open the source anew.
 * - `CLOSED`: `close` was called.
 */
export type SourceFailure = 'UNREACHABLE' | 'REFUSED' | 'GARBAGE' | 'UNSUPPORTED' | 'CLOSED';

/** The registry could not be read. The message says what was tried and what came back; it never holds credentials. */
export class SourceUnavailableError extends Error {
  override readonly name = 'SourceUnavailableError';
  readonly failure: SourceFailure;

  constructor(failure: SourceFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}
