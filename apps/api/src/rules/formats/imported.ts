import type { Unit } from '@grey/contracts';
import type { Condition } from '@grey/route-core';

/** A rule as it is read from a foreign text; checked by the contract before anybody sees it. */
export interface ImportedRule {
  readonly id: string;
  readonly name: string;
  readonly priority: number;
  readonly isEnabled?: boolean;
  readonly path?: { readonly type: string; readonly value: string };
  readonly methods?: readonly string[];
  readonly when?: Condition;
  readonly target: ImportedTarget;
}

export type ImportedTarget =
  | { readonly kind: 'version'; readonly version: string }
  | {
      readonly kind: 'split';
      readonly unit: Unit;
      readonly whenMissing: 'random';
      readonly shares: readonly { readonly version: string; readonly weight: number }[];
    };

/** What a text says of the service itself. */
export interface ImportedService {
  readonly defaultVersion: string | null;
  readonly fallbackVersion: string | null;
  readonly balancer: string | null;
  readonly stickyCookie: string | null;
}

export interface Imported {
  readonly rules: readonly ImportedRule[];
  readonly service: ImportedService;
  /** How each part was understood, for the operator. */
  readonly notes: readonly string[];
}

export interface ImportRequest {
  readonly serviceId: string;
  readonly content: string;
  /** Who keeps a version that a weight gave; undefined: drawn anew for every request. */
  readonly sticky: Unit | undefined;
}

export const NOTHING_OF_SERVICE: ImportedService = {
  defaultVersion: null,
  fallbackVersion: null,
  balancer: null,
  stickyCookie: null,
};
