import { z } from 'zod';
import { conditionSchema, portionSchema, scalarSchema } from './conditions.ts';
import { nameSchema, reasonSchema } from './primitives.ts';

export const flagDefinitionSchema = z
  .strictObject({
    name: nameSchema,
    isEnabled: z.boolean().default(true),
    value: scalarSchema.meta({ description: 'What the flag says when it is off or no rule matches.' }),
    rules: z
      .array(
        z.strictObject({
          when: conditionSchema.optional(),
          portion: portionSchema.optional(),
          value: scalarSchema,
        }),
      )
      .max(50)
      .default([]),
  })
  .refine((flag) => flag.rules.every((rule) => typeof rule.value === typeof flag.value), {
    path: ['rules'],
    message: 'all values of a flag have one type',
  })
  .meta({ id: 'Flag' });
export type Flag = z.infer<typeof flagDefinitionSchema>;

const flagsOfVersion = z
  .array(flagDefinitionSchema)
  .max(100)
  .refine((all) => new Set(all.map((one) => one.name)).size === all.length, 'each flag once');
export const putFlagsSchema = z
  .strictObject({ flags: flagsOfVersion, reason: reasonSchema.optional() })
  .meta({ id: 'PutFlags' });
export const versionFlagsSchema = z
  .object({ serviceId: z.string(), version: z.string(), flags: z.array(flagDefinitionSchema), etag: z.string() })
  .meta({ id: 'VersionFlags' });
export type VersionFlags = z.infer<typeof versionFlagsSchema>;
