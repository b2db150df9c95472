import { rollbackResultSchema } from '@grey/contracts';
import type { HoldRecord } from '@grey/route-core';
import { z } from 'zod';

const scopeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('all') }),
  z.object({ kind: z.literal('tenants'), tenantIds: z.array(z.string()) }),
  z.object({ kind: z.literal('tag'), tag: z.string() }),
]);

/** A rollback that was taken while PostgreSQL was away, with all that the log will want to know of it. */
export const overrideSchema = z.object({
  hold: z.object({
    id: z.uuid(),
    serviceId: z.string(),
    fromVersion: z.string(),
    toVersion: z.string(),
    scope: scopeSchema,
  }),
  actor: z.object({ kind: z.enum(['user', 'api_key', 'system']), id: z.string(), name: z.string() }),
  reason: z.string(),
  operatorId: z.string().nullable(),
  at: z.iso.datetime(),
  idempotency: z
    .object({ callerId: z.string(), key: z.string(), operation: z.string(), requestHash: z.string() })
    .nullable(),
  answer: rollbackResultSchema,
});
export interface Override extends Omit<z.infer<typeof overrideSchema>, 'hold'> {
  readonly hold: HoldRecord;
}
