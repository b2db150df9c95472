import type { Instance } from '@grey/contracts';

/** What the configuration plane asks of the discovery plane: who runs right now. Answers from memory. */
export abstract class LiveInstances {
  /** Instances of a service that this router knows, whatever their health. */
  abstract listLive(serviceId: string): readonly LiveInstance[];
}

export interface LiveInstance {
  readonly instanceId: string;
  readonly version: string;
  readonly address: string;
  readonly source: Instance['source'];
  readonly health: Instance['health'];
  readonly isEnabled: boolean;
  /** Enabled and not unhealthy. */
  readonly isUsable: boolean;
}
