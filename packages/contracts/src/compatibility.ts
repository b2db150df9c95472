import { z } from 'zod';
import { selectionSchema } from './assignments.ts';
import { positionSchema, reasonSchema, serviceIdSchema, timestampSchema, versionLabelSchema } from './primitives.ts';

const isDistinct = <T>(all: readonly T[]) => new Set(all).size === all.length;

/** Which versions of another service will do: a SemVer range as npm writes them, or the labels themselves. */
export const requirementSchema = z
  .strictObject({
    serviceId: serviceIdSchema,
    range: z.union([
      z.string().trim().min(1).max(200),
      z.array(versionLabelSchema).min(1).max(200).refine(isDistinct, 'each label once'),
    ]),
  })
  .meta({
    id: 'Requirement',
    description:
      'A SemVer range such as `>=2.1 <3`, or a list of labels. It binds tenants that have a version of that service.',
  });
export type Requirement = z.infer<typeof requirementSchema>;

export const versionCompatibilitySchema = z
  .strictObject({
    version: versionLabelSchema,
    compatibleWith: z
      .array(versionLabelSchema)
      .max(500)
      .refine(isDistinct, 'each label once')
      .nullable()
      .default(null)
      .meta({
        description: 'Versions of the same service that a tenant may go to from this one. null: nothing is said, all.',
      }),
    breakingChanges: z.boolean().default(false).meta({ description: 'Entered only from a version that lists it.' }),
    migrationRequired: z.boolean().default(false).meta({ description: 'Entering it needs a migration of data.' }),
    requires: z
      .array(requirementSchema)
      .max(100)
      .refine((all) => isDistinct(all.map((one) => one.serviceId)), 'each service once')
      .default([]),
  })
  .meta({ id: 'VersionCompatibility' });
export type VersionCompatibility = z.infer<typeof versionCompatibilitySchema>;

const versionsSchema = z
  .array(versionCompatibilitySchema)
  .max(500)
  .refine((all) => isDistinct(all.map((one) => one.version)), 'each version once');

export const putCompatibilitySchema = z
  .strictObject({ versions: versionsSchema, reason: reasonSchema.optional() })
  .meta({ id: 'PutCompatibility' });

export const compatibilitySchema = z
  .object({
    serviceId: z.string(),
    versions: z.array(versionCompatibilitySchema),
    updatedAt: timestampSchema.nullable().meta({ description: 'null: nothing was ever said of this service.' }),
    etag: z.string(),
  })
  .meta({ id: 'Compatibility' });
export type Compatibility = z.infer<typeof compatibilitySchema>;
export const compatibilityListSchema = z
  .object({ items: z.array(compatibilitySchema).meta({ description: 'Services that something was said of.' }) })
  .meta({ id: 'CompatibilityList' });

const fileDescription =
  'YAML: `compatibility_matrix`, by service, by version, with `compatible_with`, `breaking_changes`, `migration_required` and `requires` (service: range or list of labels).';
export const compatibilityFileSchema = z
  .object({ content: z.string().meta({ description: fileDescription }) })
  .meta({ id: 'CompatibilityFile' });
export const importCompatibilitySchema = z
  .strictObject({
    content: z.string().min(1).max(1_000_000).meta({ description: fileDescription }),
    isCheckOnly: z.boolean().optional().meta({ description: 'Writes nothing: answers with what would be said.' }),
    reason: reasonSchema.optional(),
  })
  .meta({ id: 'ImportCompatibility', description: 'Services that the file does not name stay as they are.' });

export const solveRequestSchema = z
  .strictObject({
    selection: selectionSchema,
    targets: z
      .array(z.strictObject({ serviceId: serviceIdSchema, version: versionLabelSchema }))
      .min(1)
      .max(100)
      .refine((all) => isDistinct(all.map((one) => one.serviceId)), 'each service once'),
  })
  .meta({ id: 'SolveRequest' });

export const upgradeStepSchema = z
  .object({
    serviceId: z.string(),
    fromVersion: z.string().nullable().meta({ description: 'null: none yet, or one of a split default.' }),
    toVersion: z.string(),
    breakingChanges: z.boolean(),
    migrationRequired: z.boolean(),
  })
  .meta({ id: 'UpgradeStep' });
export type UpgradeStep = z.infer<typeof upgradeStepSchema>;

export const solutionSchema = z
  .object({
    groups: z
      .array(
        z.object({
          outcome: z.enum(['plan', 'nothing', 'impossible', 'undecided']).meta({
            description:
              'plan: these steps, in this order; nothing: it is so already; impossible: no order of steps leads there; undecided: too many states to try them all.',
          }),
          steps: z.array(upgradeStepSchema),
          reasons: z.array(z.string()).meta({ description: 'Why there is no plan, in words.' }),
          tenantCount: z.int(),
          tenantIds: z.array(z.string()).meta({ description: 'The first 20 000.' }),
        }),
      )
      .meta({ description: 'Tenants with equal plans together, the largest group first.' }),
    tenantCount: z.int(),
    position: positionSchema,
  })
  .meta({ id: 'Solution' });
export type Solution = z.infer<typeof solutionSchema>;
