import type { Decision } from '@grey/route-core';

/** What the listener reports. Called on every request: an implementation only counts, it never does I/O. */
export interface RouteMetrics {
  /** One decision, also each one of a batch. */
  decided(decision: Decision): void;
  /** A request that got no decision, with its HTTP status. */
  rejected(status: number): void;
  /** How long a request to /route or /route/batch took from its head to its answer, in seconds. */
  took(seconds: number): void;
}

export const noMetrics: RouteMetrics = { decided: () => {}, rejected: () => {}, took: () => {} };
