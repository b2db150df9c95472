import { z } from 'zod';
import { basisPointsSchema, conditionSchema, saltSchema, unitSchema } from './conditions.ts';
import { overridable } from './overrides.ts';
import { displayNameSchema, nameSchema, reasonSchema, timestampSchema, versionLabelSchema } from './primitives.ts';
import { bucketRangesSchema } from './rules.ts';

const variantsSchema = z
  .array(z.strictObject({ name: nameSchema, version: versionLabelSchema, weight: basisPointsSchema }))
  .min(2)
  .max(20)
  .refine((all) => all.reduce((sum, one) => sum + one.weight, 0) === 10_000, 'weights must add up to 10000')
  .refine((all) => new Set(all.map((one) => one.name)).size === all.length, 'each variant once');
const groupSchema = z.strictObject({ name: nameSchema, share: basisPointsSchema }).meta({
  id: 'ExperimentGroup',
  description: 'Nobody is in two experiments of a group; `share` of all units is in this one.',
});

const fields = {
  name: displayNameSchema,
  isRunning: z.boolean(),
  unit: unitSchema,
  whenMissing: z.enum(['skip', 'tenant']),
  hashing: z.enum(['murmur3', 'md5_java']),
  variants: variantsSchema,
  when: conditionSchema.nullable(),
  startAt: timestampSchema.nullable(),
  endAt: timestampSchema.nullable(),
  group: groupSchema.nullable(),
};
const isOrdered = (e: { startAt?: string | null | undefined; endAt?: string | null | undefined }) =>
  e.startAt == null || e.endAt == null || Date.parse(e.startAt) < Date.parse(e.endAt);

export const createExperimentSchema = z
  .strictObject({
    id: nameSchema,
    name: fields.name.optional().meta({ description: 'Defaults to the id.' }),
    isRunning: fields.isRunning.default(false),
    unit: fields.unit,
    whenMissing: fields.whenMissing.default('skip'),
    salt: saltSchema.optional().meta({ description: 'Defaults to service and experiment.' }),
    hashing: fields.hashing.default('murmur3'),
    variants: fields.variants,
    when: fields.when.default(null),
    startAt: fields.startAt.default(null),
    endAt: fields.endAt.default(null),
    group: fields.group.default(null),
    reason: reasonSchema.optional(),
    ...overridable,
  })
  .refine(isOrdered, { path: ['endAt'], message: 'endAt is not after startAt' })
  .refine((e) => e.hashing !== 'md5_java' || (e.variants.length === 2 && e.unit.by === 'tenant'), {
    path: ['hashing'],
    message: 'md5_java knows two variants and counts tenants',
  })
  .meta({ id: 'CreateExperiment' });

export const updateExperimentSchema = z
  .strictObject({
    name: fields.name.optional(),
    isRunning: fields.isRunning.optional(),
    variants: fields.variants.optional(),
    when: fields.when.optional(),
    startAt: fields.startAt.optional(),
    endAt: fields.endAt.optional(),
    group: fields.group.optional(),
    reason: reasonSchema.optional(),
    ...overridable,
  })
  .refine(({ reason: _, override: __, ...rest }) => Object.keys(rest).length > 0, 'name at least one field to change')
  .refine(isOrdered, { path: ['endAt'], message: 'endAt is not after startAt' })
  .meta({ id: 'UpdateExperiment' });

export const experimentSchema = z
  .object({
    serviceId: z.string(),
    id: z.string(),
    ...fields,
    salt: z.string(),
    state: z.enum(['stopped', 'scheduled', 'running', 'ended']),
    variants: z.array(z.object({ name: z.string(), version: z.string(), weight: z.int(), ranges: bucketRangesSchema })),
    createdAt: timestampSchema,
    updatedAt: timestampSchema,
    etag: z.string(),
  })
  .meta({ id: 'Experiment' });
export type Experiment = z.infer<typeof experimentSchema>;
export const experimentListSchema = z.object({ items: z.array(experimentSchema) }).meta({ id: 'ExperimentList' });

export const experimentCountsSchema = z
  .object({
    experimentId: z.string(),
    variants: z.array(
      z.object({
        name: z.string(),
        decisionCount: z.int(),
        firstAt: timestampSchema.nullable(),
        lastAt: timestampSchema.nullable(),
      }),
    ),
    decisionCount: z.int(),
    isFairSplit: z.boolean().nullable().meta({
      description: 'False: the counts differ from the weights more than chance allows (χ², p < 0.001). null: too few.',
    }),
  })
  .meta({ id: 'ExperimentCounts', description: 'Decisions of all replicas; the last seconds may be missing.' });
export type ExperimentCounts = z.infer<typeof experimentCountsSchema>;
