import type { DecisionReason, DecisionRequest, RefusalCode } from '../decision.ts';

/** A request as it was sampled, at milliseconds since 1970. */
export interface SampledRequest {
  readonly request: DecisionRequest;
  readonly at: number;
}

export interface SimulationOptions {
  /** 0 to 2³² - 1: the same seed draws the same. */
  readonly seed: number;
  /** Instead of each request's own time. */
  readonly now?: number;
  /** How many tenants are listed; default 20. */
  readonly topTenants?: number;
}

/** On the way from one version to another; null = refused. */
export interface Transition {
  readonly from: string | null;
  readonly to: string | null;
  readonly count: number;
}

export interface BeforeAfter {
  readonly before: number;
  readonly after: number;
}

export interface SimulatedTenant {
  readonly tenantId: string;
  readonly count: number;
  readonly changedCount: number;
  /** The most frequent first. */
  readonly transitions: readonly Transition[];
}

export interface SimulatedOutcome {
  readonly version: string | null;
  readonly code: RefusalCode | null;
  readonly reason: DecisionReason | null;
  readonly rule: string | null;
}

export interface SimulationExample {
  /** Place of the request among those given, from 0. */
  readonly index: number;
  readonly before: SimulatedOutcome;
  readonly after: SimulatedOutcome;
}

export interface SimulationResult {
  readonly total: number;
  /** Requests that another version answers, or that are refused or answered only now. */
  readonly changed: number;
  /** The most frequent first. */
  readonly byTransition: readonly (Transition & { readonly tenantCount: number })[];
  readonly tenantCount: number;
  readonly changedTenantCount: number;
  /** Of the tenants with changes, those with the most. */
  readonly byTenant: readonly SimulatedTenant[];
  /** Requests whose version has no instance: refused, or taken by a fallback. */
  readonly wouldFindNoInstance: BeforeAfter;
  readonly refusals: readonly (BeforeAfter & { readonly code: RefusalCode })[];
  /** How often each rule decided; by id. */
  readonly byRule: readonly (BeforeAfter & { readonly ruleId: string })[];
  /** The first 20 changes of different kinds or tenants. */
  readonly examples: readonly SimulationExample[];
}
