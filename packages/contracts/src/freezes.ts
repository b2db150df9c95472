import { z } from 'zod';
import { actorSchema } from './changes.ts';
import {
  displayNameSchema,
  offsetTimestampSchema,
  pageOf,
  pageQuerySchema,
  reasonSchema,
  serviceIdSchema,
  tagSchema,
  tenantIdSchema,
  timestampSchema,
} from './primitives.ts';

const isDistinct = <T>(all: readonly T[]) => new Set(all).size === all.length;
const instantSchema = offsetTimestampSchema.transform((text) => new Date(text).toISOString());

/** Whom and what a freeze is for: tenants by id or tag, and services. */
export const freezeScopeSchema = z
  .strictObject({
    tenantIds: z.array(tenantIdSchema).max(1_000).refine(isDistinct, 'each tenant once').default([]),
    tenantTags: z.array(tagSchema).max(32).refine(isDistinct, 'each tag once').default([]).meta({
      description: 'Tenants with any of these tags, now and later.',
    }),
    serviceIds: z.array(serviceIdSchema).max(200).refine(isDistinct, 'each service once').default([]).meta({
      description: 'Empty: every service.',
    }),
  })
  .meta({
    id: 'FreezeScope',
    description: 'Tenants that are listed or have one of the tags; with neither, everybody.',
  });
export type FreezeScope = z.infer<typeof freezeScopeSchema>;

export const freezeRecurrenceSchema = z
  .strictObject({
    weekdays: z
      .array(z.int().min(1).max(7))
      .min(1)
      .refine(isDistinct, 'each day once')
      .transform((days) => [...days].sort((a, b) => a - b))
      .meta({ description: 'Days on which a window begins, of the zone: 1 is Monday, 7 is Sunday.' }),
    startTime: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as 22:30')
      .meta({ description: 'Wall clock of the zone.' }),
    durationMinutes: z.int().min(1).max(10_080).meta({ description: 'Elapsed time, also across a change of clocks.' }),
    timeZone: z
      .string()
      .max(64)
      .refine(isTimeZone, 'is no IANA time zone')
      .meta({ description: 'IANA name such as Europe/Berlin.' }),
  })
  .meta({
    id: 'FreezeRecurrence',
    description:
      'A window begins on each of the weekdays at the time. A time that the clocks skip counts by the offset before; of one that comes twice, the first counts (RFC 5545). Windows are cut to `startsAt`–`endsAt`.',
  });
export type FreezeRecurrence = z.infer<typeof freezeRecurrenceSchema>;

const fields = {
  title: displayNameSchema,
  reason: reasonSchema,
  scope: freezeScopeSchema,
  startsAt: instantSchema.meta({ description: 'ISO 8601 with an offset; in force from then on.' }),
  endsAt: instantSchema.nullable().meta({
    description: 'In force until just before. null: without end, which only a recurring one may be.',
  }),
  recurrence: freezeRecurrenceSchema.nullable(),
};

/** What is wrong with the times of a freeze, as they are together; undefined: nothing. */
export function faultOfTimes({
  startsAt,
  endsAt,
  recurrence,
}: {
  readonly startsAt: string;
  readonly endsAt: string | null;
  readonly recurrence: unknown;
}): string | undefined {
  if (endsAt === null) return recurrence === null ? 'a freeze that does not recur needs an end' : undefined;
  return Date.parse(endsAt) <= Date.parse(startsAt) ? 'must be after startsAt' : undefined;
}

export const createFreezeSchema = z
  .strictObject({
    ...fields,
    scope: fields.scope.default({ tenantIds: [], tenantTags: [], serviceIds: [] }),
    endsAt: fields.endsAt.default(null),
    recurrence: fields.recurrence.default(null),
  })
  .superRefine((freeze, context) => {
    const message = faultOfTimes(freeze);
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['endsAt'], message });
  })
  .meta({ id: 'CreateFreeze' });

export const updateFreezeSchema = z
  .strictObject(fields)
  .partial()
  .meta({ id: 'UpdateFreeze', description: 'What is left out stays. `scope` and `recurrence` are replaced whole.' });

export const freezeWindowSchema = z
  .object({ startsAt: timestampSchema, endsAt: timestampSchema.nullable() })
  .meta({ id: 'FreezeWindow', description: 'In force from `startsAt` until just before `endsAt`.' });
export type FreezeWindow = z.infer<typeof freezeWindowSchema>;

export const freezeSchema = z
  .object({
    id: z.string(),
    title: z.string(),
    reason: z.string(),
    scope: z.object({
      tenantIds: z.array(z.string()).meta({ description: 'Those that the caller may see.' }),
      tenantTags: z.array(z.string()),
      serviceIds: z.array(z.string()),
    }),
    isForEverybody: z.boolean().meta({ description: 'The scope names no tenants and no tags.' }),
    startsAt: timestampSchema,
    endsAt: timestampSchema.nullable(),
    recurrence: z
      .object({
        weekdays: z.array(z.int()),
        startTime: z.string(),
        durationMinutes: z.int(),
        timeZone: z.string(),
      })
      .nullable(),
    state: z.enum(['planned', 'active', 'over']).meta({ description: 'Planned also between two windows.' }),
    current: freezeWindowSchema.nullable().meta({ description: 'The window that is in force now.' }),
    next: freezeWindowSchema.nullable().meta({ description: 'The next window to begin.' }),
    occurrences: z
      .array(freezeWindowSchema)
      .meta({ description: 'In a list with `from` and `to`: the windows that touch that span; else none.' }),
    createdBy: actorSchema,
    createdAt: timestampSchema,
    updatedAt: timestampSchema,
    etag: z.string(),
  })
  .meta({ id: 'Freeze', description: 'While it is in force, versions of what is in its scope do not change.' });
export type Freeze = z.infer<typeof freezeSchema>;

/** Longest span that windows are worked out for in one list, in days. */
export const FREEZE_SPAN_DAYS = 400;

export const freezeListQuerySchema = pageQuerySchema
  .extend({
    at: instantSchema.optional().meta({ description: 'Freezes in force at that instant.' }),
    from: instantSchema.optional().meta({ description: 'With `to`: freezes with a window that touches the span.' }),
    to: instantSchema.optional().meta({ description: `At most ${FREEZE_SPAN_DAYS} days after \`from\`.` }),
    tenantId: tenantIdSchema.optional().meta({ description: 'Freezes that hold for this tenant.' }),
    serviceId: serviceIdSchema.optional().meta({ description: 'Freezes that hold for this service.' }),
    state: freezeSchema.shape.state.optional(),
  })
  .refine(({ from, to }) => (from === undefined) === (to === undefined), {
    error: 'from and to go together',
    path: ['to'],
  })
  .refine(({ from, to }) => from === undefined || to === undefined || isSpan(from, to), {
    error: `must be after from, and at most ${FREEZE_SPAN_DAYS} days`,
    path: ['to'],
  });
export const freezePageSchema = pageOf(freezeSchema, 'FreezePage');
export const freezeIdSchema = z.uuid().meta({ description: 'Id of a freeze.' });

function isTimeZone(name: string): boolean {
  // Offsets such as +02:00 are zones to ECMA-402, but not to those who read this data.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function isSpan(from: string, to: string): boolean {
  const length = Date.parse(to) - Date.parse(from);
  return length > 0 && length <= FREEZE_SPAN_DAYS * 86_400_000;
}
