import type { Actor } from '@grey/contracts';
import type { HoldRecord } from '@grey/route-core';

/** A hold with its story. */
export interface HoldRow extends HoldRecord {
  readonly reason: string;
  readonly createdBy: Actor;
  readonly operatorId: string | null;
  readonly createdAt: Date;
  readonly liftedAt: Date | null;
  readonly liftedBy: Actor | null;
  readonly liftReason: string | null;
}

export interface HoldFilter {
  readonly serviceId?: string | undefined;
  readonly version?: string | undefined;
  readonly tenantId?: string | undefined;
  readonly isActive?: boolean | undefined;
}

/** Who makes a hold, and why. */
export interface HoldDraft {
  readonly reason: string;
  readonly actor: Actor;
  /** As the request said; not verified. */
  readonly operatorId: string | null;
  /** When it came into force, if that was before it is written; ISO 8601. */
  readonly takenAt?: string;
}
