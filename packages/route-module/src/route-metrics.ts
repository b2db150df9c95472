import type { Decision } from '@grey/route-core';
import type { RequestOutcome } from './request-note.ts';

/** What the listener reports. Called on every request: an implementation only counts, it never does I/O. */
export interface RouteMetrics {
  /** One decision, also each one of a batch. */
  decided(decision: Decision): void;
  /** A request that got no decision, with its HTTP status. */
  rejected(status: number): void;
  /** Something of a request that was, or was not, believed. */
  noted(outcome: RequestOutcome): void;
  /** How long a request to /route or /route/batch took from its head to its answer, in seconds. */
  took(seconds: number): void;
}

export const noMetrics: RouteMetrics = {
  decided: () => {},
  rejected: () => {},
  noted: () => {},
  took: () => {},
};
