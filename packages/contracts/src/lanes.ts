import { z } from 'zod';
import { conditionSchema, portionSchema } from './conditions.ts';
import { overridable } from './overrides.ts';
import {
  displayNameSchema,
  reasonSchema,
  serviceIdSchema,
  tagSchema,
  timestampSchema,
  versionLabelSchema,
} from './primitives.ts';

const fields = {
  name: displayNameSchema,
  mode: z.enum(['strict', 'permissive']).meta({
    description: 'A service that the lane does not name refuses (strict) or decides as without the lane (permissive).',
  }),
  versions: z
    .array(z.strictObject({ serviceId: serviceIdSchema, version: versionLabelSchema }))
    .max(500)
    .refine((all) => new Set(all.map((one) => one.serviceId)).size === all.length, 'each service once'),
  entry: z
    .strictObject({ when: conditionSchema.optional(), portion: portionSchema.optional() })
    .nullable()
    .meta({ description: 'Who enters without a tag. null: only by rule or by tag.' }),
};

export const putLaneSchema = z
  .strictObject({
    name: fields.name.optional().meta({ description: 'Defaults to the tag.' }),
    mode: fields.mode.default('permissive'),
    versions: fields.versions,
    entry: fields.entry.default(null),
    reason: reasonSchema.optional(),
    ...overridable,
  })
  .meta({ id: 'PutLane' });

export const laneSchema = z
  .object({
    tag: tagSchema,
    ...fields,
    /** Rules that send requests into the lane. */
    enteredBy: z.array(z.object({ serviceId: z.string(), ruleId: z.string(), ruleName: z.string() })),
    createdAt: timestampSchema,
    updatedAt: timestampSchema,
    etag: z.string(),
  })
  .meta({ id: 'Lane' });
export type Lane = z.infer<typeof laneSchema>;
export const laneListSchema = z.object({ items: z.array(laneSchema) }).meta({ id: 'LaneList' });
