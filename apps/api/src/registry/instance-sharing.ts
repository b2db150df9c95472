import type { Instance } from '@grey/contracts';
import type { InstanceRegistry } from './instance-registry.ts';
import type { InstanceOrigin, Registration } from './registration.ts';

/** An instance of a foreign registry that cannot be routed to. */
export interface Rejected {
  readonly instanceId: string;
  readonly reason: string;
  readonly isUntagged: boolean;
}

/** What a foreign registry said of a service last: the ids it listed, and when (ms since 1970). */
export interface SourceView {
  readonly at: number;
  readonly instanceIds: readonly string[];
  readonly rejected: readonly Rejected[];
}

/**
 * How what one replica's registry knows reaches the others, and the other way round. The registry is always written
 * first and answers alone; sharing follows, and catches up by itself when it could not.
 */
export interface InstanceSharing {
  /** False while other replicas cannot be reached: each then does everything by itself. */
  readonly isUp: boolean;
  start(): void;
  stop(): Promise<void>;

  /**
   * The registry has written or dropped an instance that registers here.
   * @throws ApiError INSTANCE_TAKEN when another service got the id at another replica; the registry has dropped it then
   */
  shareWritten(serviceId: string, instanceId: string): Promise<void>;

  /** A heartbeat came that changed nothing else. */
  shareBeat(registration: Registration): void;

  /** A check found something about an instance. */
  shareChecked(serviceId: string, instanceId: string): Promise<void>;

  /** Looks for an instance that only other replicas know; afterwards the registry has it, if there is one. */
  fetch(instanceId: string): Promise<void>;

  /** Brings the registry up to date for one service, if that can be done at once. */
  freshen(serviceId: string): Promise<void>;

  /** A mark of what is known of the service now, to be taken before its source is read. */
  mark(serviceId: string): number;

  /**
   * Puts what a source lists in the place of what it listed.
   * @returns false when somebody else has written the service since `mark`: the source must be read again
   */
  replaceSource(
    serviceId: string,
    source: InstanceOrigin,
    mark: number,
    registrations: readonly Registration[],
  ): Promise<boolean>;

  noteView(source: InstanceOrigin, serviceId: string, view: SourceView | undefined): Promise<void>;
  /** By service id. */
  listViews(source: InstanceOrigin): Promise<ReadonlyMap<string, SourceView>>;

  /** What the shared store holds of each service, for the operator to compare; undefined when there is none, or it is away. */
  listShared(): Promise<ReadonlyMap<string, SharedView> | undefined>;

  /** Called often: takes out who is overdue. `isLate`: this process has been standing still. */
  tick(isLate: boolean): void;
}

export interface SharedView {
  readonly sequence: number;
  readonly instances: readonly Pick<Instance, 'instanceId' | 'version' | 'address'>[];
}

/** The registry of the only replica: there is nobody to share with. */
export class SoleSharing implements InstanceSharing {
  readonly isUp = true;
  readonly #registry: InstanceRegistry;
  readonly #views = new Map<string, Map<string, SourceView>>();

  constructor(registry: InstanceRegistry) {
    this.#registry = registry;
  }

  start(): void {}
  async stop(): Promise<void> {}
  async shareWritten(): Promise<void> {}
  shareBeat(): void {}
  async shareChecked(): Promise<void> {}
  async fetch(): Promise<void> {}
  async freshen(): Promise<void> {}

  mark(): number {
    return 0;
  }

  async replaceSource(
    serviceId: string,
    source: InstanceOrigin,
    _mark: number,
    registrations: readonly Registration[],
  ): Promise<boolean> {
    this.#registry.replace(serviceId, registrations, { source });
    return true;
  }

  async noteView(source: InstanceOrigin, serviceId: string, view: SourceView | undefined): Promise<void> {
    const views = this.#views.get(source) ?? new Map<string, SourceView>();
    this.#views.set(source, views);
    if (view === undefined) views.delete(serviceId);
    else views.set(serviceId, view);
  }

  async listViews(source: InstanceOrigin): Promise<ReadonlyMap<string, SourceView>> {
    return this.#views.get(source) ?? new Map();
  }

  async listShared(): Promise<undefined> {
    return undefined;
  }

  tick(isLate: boolean): void {
    if (!isLate) this.#registry.expire();
  }
}
