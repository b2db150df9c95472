import type { Instance } from '@grey/contracts';

/** What the configuration plane asks of the discovery plane: who runs right now. Answers from memory. */
export abstract class LiveInstances {
  /** Instances of a service that this router knows, whatever their health. */
  abstract listLive(serviceId: string): readonly LiveInstance[];
}

/** Brings what is known of a service's instances up to date, where other replicas may know more: just after a start. */
export abstract class InstanceUpdates {
  /** Returns in any case, within a second or two. */
  abstract freshen(serviceId: string): Promise<void>;
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
