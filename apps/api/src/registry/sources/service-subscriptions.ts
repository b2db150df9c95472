import type { InstancesListener, SourceInstance } from './registry-source.ts';

interface Subscription {
  readonly listeners: Set<InstancesListener>;
  /** What was told last; undefined until the list is known. */
  known: readonly SourceInstance[] | undefined;
  fingerprint: string;
  /** The reading that `known` is from. */
  reading: number;
}

/**
 * Who listens to which service, and what they were told last. However the adapters come to know a list (push, poll or a
 * direct read), they hand it in here, and only what differs from the last goes out.
 */
export class ServiceSubscriptions {
  readonly #byService = new Map<string, Subscription>();
  readonly #onListenerFailed: (serviceName: string, error: unknown) => void;
  #readingCount = 0;

  constructor(onListenerFailed: (serviceName: string, error: unknown) => void) {
    this.#onListenerFailed = onListenerFailed;
  }

  get serviceNames(): readonly string[] {
    return [...this.#byService.keys()];
  }

  get serviceCount(): number {
    return this.#byService.size;
  }

  has(serviceName: string): boolean {
    return this.#byService.has(serviceName);
  }

  /** How many instances were told last; undefined when the list is not known or nobody listens. */
  knownCount(serviceName: string): number | undefined {
    return this.#byService.get(serviceName)?.known?.length;
  }

  /**
   * Adds a listener; what is known already is told to it soon, never before this returns.
   * @returns ends it, and says whether it was the service's last; undefined when it had ended before
   */
  add(serviceName: string, listener: InstancesListener): () => { readonly isLast: boolean } | undefined {
    // A function of its own for each subscription: the same listener given twice is two of them.
    const own: InstancesListener = (instances) => listener(instances);
    const subscription = this.#byService.get(serviceName) ?? {
      listeners: new Set(),
      known: undefined,
      fingerprint: '',
      reading: 0,
    };
    this.#byService.set(serviceName, subscription);
    subscription.listeners.add(own);
    const { known } = subscription;
    if (known !== undefined) {
      queueMicrotask(() => {
        // Meanwhile it may have been told something newer.
        if (subscription.known === known && subscription.listeners.has(own)) this.#tellOne(serviceName, own, known);
      });
    }
    return () => {
      if (!subscription.listeners.delete(own)) return undefined;
      const isLast = subscription.listeners.size === 0;
      if (isLast) this.#byService.delete(serviceName);
      return { isLast };
    };
  }

  /** To be called before a server is asked, and handed to `tell` with what it answered. */
  beginReading(): number {
    this.#readingCount += 1;
    return this.#readingCount;
  }

  /** Takes a list in. One that was asked for earlier than the list known already says nothing: answers overtake each other. */
  tell(serviceName: string, instances: readonly SourceInstance[], reading: number): void {
    const subscription = this.#byService.get(serviceName);
    if (subscription === undefined || reading < subscription.reading) return;
    const sorted = instances.toSorted(byId);
    const fingerprint = JSON.stringify(sorted);
    subscription.reading = reading;
    if (subscription.known !== undefined && subscription.fingerprint === fingerprint) return;
    subscription.known = sorted;
    subscription.fingerprint = fingerprint;
    for (const listener of [...subscription.listeners]) {
      if (subscription.listeners.has(listener)) this.#tellOne(serviceName, listener, sorted);
    }
  }

  clear(): void {
    for (const subscription of this.#byService.values()) subscription.listeners.clear();
    this.#byService.clear();
  }

  #tellOne(serviceName: string, listener: InstancesListener, instances: readonly SourceInstance[]): void {
    try {
      listener(instances);
    } catch (error) {
      this.#onListenerFailed(serviceName, error);
    }
  }
}

function byId(a: SourceInstance, b: SourceInstance): number {
  return a.instanceId < b.instanceId ? -1 : a.instanceId > b.instanceId ? 1 : 0;
}
