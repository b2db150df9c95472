import { z } from 'zod';
import { positionSchema, reasonSchema, timestampSchema } from './primitives.ts';

/** A process that decides from a snapshot of its own, as it last reported. */
export const routerSchema = z
  .object({
    id: z.string(),
    kind: z.enum(['api', 'gateway', 'sdk']),
    host: z.string(),
    region: z.string().nullable(),
    startedAt: timestampSchema,
    reportedAt: timestampSchema,
    position: positionSchema.nullable().meta({ description: 'What it decides by; null while it has no snapshot.' }),
    digest: z.string().nullable().meta({ description: 'Of that configuration; equal for equal ones.' }),
    behind: z.int().nullable().meta({ description: 'Revisions behind the log; null when that cannot be said.' }),
    lagMs: z
      .number()
      .nullable()
      .meta({ description: 'From the commit of the last change until it was applied there, by two clocks.' }),
    isOwn: z.boolean().meta({ description: 'It is the one that answers.' }),
  })
  .meta({ id: 'Router' });
export type Router = z.infer<typeof routerSchema>;

export const routerListSchema = z
  .object({
    items: z.array(routerSchema),
    position: positionSchema.nullable().meta({ description: 'The furthest known end of the log.' }),
    distribution: z.enum(['memory', 'redis', 'redis_down']).meta({
      description:
        'How changes reach routers: within this one process, through Redis, or by polling while Redis is away.',
    }),
  })
  .meta({ id: 'RouterList' });
export type RouterList = z.infer<typeof routerListSchema>;

/** A router that fell silent without a goodbye, so that contracts may have to wait for it. */
export const silentRouterSchema = routerSchema
  .pick({
    id: true,
    kind: true,
    host: true,
    region: true,
    startedAt: true,
    reportedAt: true,
    position: true,
    behind: true,
  })
  .extend({
    silentMs: z.int().meta({ description: 'For how long at least, by the clock of the process that answers.' }),
    refuses: z.enum(['nothing', 'marked', 'recorded']).meta({
      description:
        'What it refuses by itself by now: tenants of whose upgrade it knows (`marked`); each whose schema is recorded and whose version has an upper end (`recorded`).',
    }),
    isForgotten: z.boolean().meta({ description: 'An operator vouched for it: nobody waits for it.' }),
  })
  .meta({ id: 'SilentRouter' });
export type SilentRouter = z.infer<typeof silentRouterSchema>;

export const silentRouterListSchema = z
  .object({
    items: z.array(silentRouterSchema),
    unsure: z.array(z.string()).meta({
      description: 'Why there may be more that cannot be seen now, such as `redis`; contracts wait for that, too.',
    }),
  })
  .meta({ id: 'SilentRouterList' });
export type SilentRouterList = z.infer<typeof silentRouterListSchema>;

export const forgetRouterSchema = z.strictObject({ reason: reasonSchema }).meta({ id: 'ForgetRouter' });

/** Of every operation that changes configuration. */
export const waitQuerySchema = z.object({
  wait: z
    .enum(['converged'])
    .optional()
    .meta({ description: 'Answer only when every router has the change, or `waitMs` has passed.' }),
  waitMs: z.coerce.number().int().min(1).max(30_000).default(5_000).meta({ description: 'Milliseconds.' }),
});

/** How far a change got while its answer waited. */
export interface Convergence {
  readonly total: number;
  readonly applied: number;
  readonly elapsedMs: number;
  /** Ids of the routers that have not reported it yet. */
  readonly missing: readonly string[];
}

/** Name of the header that carries a {@link Convergence}. */
export const CONVERGENCE_HEADER = 'Grey-Convergence';

/** As a dictionary of RFC 9651: `applied=2, total=3, elapsed=5000, missing=("api-3")`; at most ten ids. */
export function formatConvergence({ total, applied, elapsedMs, missing }: Convergence): string {
  const ids = missing.slice(0, 10).map((id) => `"${id.replaceAll(/[^\x20-\x7e]|["\\]/g, '?')}"`);
  return `applied=${applied}, total=${total}, elapsed=${Math.round(elapsedMs)}, missing=(${ids.join(' ')})`;
}
