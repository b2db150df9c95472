import { z } from 'zod';

/** How large a condition may be; the engine refuses what goes beyond with the place. */
export const conditionLimits = { celLength: 4096, depth: 32, nodes: 200, listLength: 500, patternLength: 512 } as const;

const shortText = z.string().max(1024);
const operandName = z.string().min(1).max(128);

export const scalarSchema = z.union([shortText, z.number(), z.boolean()]).meta({ id: 'Scalar' });

export const operandSchema = z
  .discriminatedUnion('from', [
    z.strictObject({ from: z.enum(['header', 'cookie', 'query', 'claim', 'attribute']), name: operandName }),
    z.strictObject({
      from: z.enum(['path', 'method', 'user', 'session', 'tenant', 'token', 'client_ip', 'region', 'tag']),
    }),
  ])
  .meta({
    id: 'Operand',
    description: 'A value of the request. Header names are case-insensitive; dots in a claim lead into objects.',
  });
export type Operand = z.infer<typeof operandSchema>;

export const unitSchema = z
  .discriminatedUnion('by', [
    z.strictObject({ by: z.enum(['user', 'session', 'tenant', 'token']) }),
    z.strictObject({ by: z.enum(['cookie', 'header', 'attribute', 'claim']), name: operandName }),
  ])
  .meta({ id: 'Unit', description: 'Who is counted in a split.' });
export type Unit = z.infer<typeof unitSchema>;

export const basisPointsSchema = z.int().min(0).max(10_000).meta({ description: 'Basis points: 10 000 is everybody.' });
/** Salts are named after what they belong to unless somebody wants two things to share their buckets. */
export const saltSchema = z.string().min(1).max(128);

export const portionSchema = z
  .strictObject({ unit: unitSchema, share: basisPointsSchema, salt: saltSchema })
  .meta({ id: 'Portion', description: 'The units whose bucket under the salt lies below `share`.' });
export type Portion = z.infer<typeof portionSchema>;

const networks = z.array(z.string().max(64)).min(1).max(conditionLimits.listLength);
const minute = z.int().min(0).max(1440);

export type ConditionInput =
  | { op: 'all' | 'any'; of: ConditionInput[] }
  | { op: 'not'; of: ConditionInput }
  | z.infer<typeof comparisonSchema>;

const comparisonSchema = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('cel'), expression: z.string().min(1).max(conditionLimits.celLength) }),
  z.strictObject({ op: z.literal('exists'), operand: operandSchema }),
  z.strictObject({ op: z.literal('equals'), operand: operandSchema, value: scalarSchema }),
  z.strictObject({
    op: z.literal('in'),
    operand: operandSchema,
    values: z.array(scalarSchema).min(1).max(conditionLimits.listLength),
  }),
  z.strictObject({ op: z.enum(['starts_with', 'ends_with', 'contains']), operand: operandSchema, value: shortText }),
  z.strictObject({
    op: z.literal('matches'),
    operand: operandSchema,
    pattern: z.string().min(1).max(conditionLimits.patternLength),
  }),
  z.strictObject({
    op: z.enum(['less', 'less_or_equal', 'greater', 'greater_or_equal']),
    operand: operandSchema,
    value: z.number(),
  }),
  z.strictObject({ op: z.literal('semver'), operand: operandSchema, range: z.string().max(256) }),
  z.strictObject({ op: z.literal('cidr'), operand: operandSchema, networks }),
  z.strictObject({
    op: z.literal('modulo'),
    operand: operandSchema,
    divisor: z.int().min(1).max(1_000_000),
    below: z.int().min(0).max(1_000_000),
  }),
  z.strictObject({
    op: z.literal('time'),
    from: z.iso.datetime({ offset: true }).optional(),
    until: z.iso.datetime({ offset: true }).optional(),
    days: z.array(z.int().min(1).max(7)).min(1).max(7).optional(),
    fromMinute: minute.optional(),
    untilMinute: minute.optional(),
  }),
  z.strictObject({ op: z.literal('percentage'), portion: portionSchema }),
  z.strictObject({ op: z.literal('random'), below: z.number().min(0).max(1) }),
]);

/** The tree of `@grey/route-core`'s Condition. Depth and size are bounded where it is saved. */
export const conditionSchema: z.ZodType<ConditionInput> = z
  .lazy(() =>
    z.union([
      z.strictObject({ op: z.enum(['all', 'any']), of: z.array(conditionSchema).max(conditionLimits.nodes) }),
      z.strictObject({ op: z.literal('not'), of: conditionSchema }),
      comparisonSchema,
    ]),
  )
  .meta({ id: 'Condition', description: 'all / any / not over typed comparisons, or a CEL expression.' });
