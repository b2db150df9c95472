import type { Decision, DecisionRequest } from '@grey/route-core';
import { keepRequest } from './keep-request.ts';
import type { KeptNames } from './kept-names.ts';
import { Reservoir } from './reservoir.ts';

/** Requests kept for each service, and services kept at all. */
export const SAMPLE_CAPACITY = 1_000;
const SERVICE_LIMIT = 200;

/** A decision that was made here. `request` is what the sample may keep of it; `at` in milliseconds since 1970. */
export interface DecisionSample {
  readonly request: DecisionRequest;
  readonly at: number;
  readonly version: string | null;
  readonly reason: string | null;
  readonly code: string | null;
}

export interface SampleOfService {
  readonly items: readonly DecisionSample[];
  /** Decisions that the sample stands for. */
  readonly seenCount: number;
  /** Milliseconds since 1970; null: nothing was seen. */
  readonly since: number | null;
}

interface Kept {
  readonly reservoir: Reservoir<DecisionSample>;
  readonly since: number;
}

/** A bounded, fair sample of the real decisions of each service, in the memory of this router alone. */
export class DecisionSamples {
  readonly isOn: boolean;
  readonly keptNames: KeptNames;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #services = new Map<string, Kept>();

  constructor(options: { isOn: boolean; keptNames: KeptNames; now?: () => number; random?: () => number }) {
    this.isOn = options.isOn;
    this.keptNames = options.keptNames;
    this.#now = options.now ?? Date.now;
    this.#random = options.random ?? Math.random;
  }

  /** Sees one decision; nearly always this costs a look-up and a comparison. */
  readonly see = (request: DecisionRequest, decision: Decision): void => {
    const kept = this.#services.get(request.serviceName) ?? this.#begin(request.serviceName, decision);
    if (kept?.reservoir.wants() !== true) return;
    kept.reservoir.keep({
      request: keepRequest(request, this.keptNames),
      at: this.#now(),
      version: decision.version ?? null,
      reason: decision.reason ?? null,
      code: decision.ok ? null : decision.code,
    });
  };

  of(serviceId: string): SampleOfService {
    const kept = this.#services.get(serviceId);
    if (kept === undefined) return { items: [], seenCount: 0, since: null };
    return { items: kept.reservoir.items, seenCount: kept.reservoir.seenCount, since: kept.since };
  }

  /** Forgets what was seen of a service. */
  clear(serviceId: string): void {
    this.#services.delete(serviceId);
  }

  /** Names that no catalogue has must not take the places of real services. */
  #begin(serviceId: string, decision: Decision): Kept | undefined {
    if (!decision.ok && decision.code === 'SERVICE_UNKNOWN') return undefined;
    if (this.#services.size >= SERVICE_LIMIT) return undefined;
    const kept = { reservoir: new Reservoir<DecisionSample>(SAMPLE_CAPACITY, this.#random), since: this.#now() };
    this.#services.set(serviceId, kept);
    return kept;
  }
}
