import {
  channelSchema,
  createExperimentSchema,
  createFreezeSchema,
  createVersionSchema,
  nameSchema,
  putFlagsSchema,
  putLaneSchema,
  ruleSetInputSchema,
  serviceIdSchema,
  tagSchema,
  tenantIdSchema,
  updateServiceSchema,
  versionCompatibilitySchema,
  versionLabelSchema,
  versionStatusSchema,
} from '@grey/contracts';
import { z } from 'zod';

/** A format of its own number: a file that a later grey writes is not half understood by this one. */
export const CONFIG_FORMAT = 'grey/1';

const service = updateServiceSchema.shape;
const version = createVersionSchema.shape;

const configVersionSchema = z.strictObject({
  version: versionLabelSchema,
  ordinal: version.ordinal,
  status: versionStatusSchema.optional(),
  schemaMin: version.schemaMin.unwrap().optional(),
  schemaMax: version.schemaMax.unwrap().optional(),
  endOfLifeAt: version.endOfLifeAt.unwrap().optional(),
  flags: putFlagsSchema.shape.flags.optional(),
});
export type ConfigVersion = z.infer<typeof configVersionSchema>;

const configServiceSchema = z.strictObject({
  id: serviceIdSchema,
  name: service.name,
  defaultVersions: service.defaultVersions,
  unknownTenant: service.unknownTenant,
  balancer: service.balancer,
  balancing: service.balancing,
  fallback: service.fallback,
  fallbackVersion: service.fallbackVersion,
  versions: z.array(configVersionSchema).max(10_000).optional(),
  rules: ruleSetInputSchema.nullable().optional(),
  experiments: z.array(createExperimentSchema).max(1000).optional(),
  compatibility: z.array(versionCompatibilitySchema).max(500).optional(),
});
export type ConfigService = z.infer<typeof configServiceSchema>;

const configLaneSchema = putLaneSchema.extend({ tag: tagSchema });
export type ConfigLane = z.infer<typeof configLaneSchema>;

export type ConfigFreeze = z.infer<typeof createFreezeSchema>;

/** Addresses and keys are secrets and never in a file: what is left says which channel it is, and what it is told. */
const configChannelSchema = z.strictObject({
  name: channelSchema.shape.name,
  isEnabled: z.boolean(),
  settings: channelSchema.shape.settings,
  subscriptions: channelSchema.shape.subscriptions,
});
export type ConfigChannel = z.infer<typeof configChannelSchema>;

/** Freezes have no id that a file could know. */
export function nameOfFreeze({ title, startsAt }: Pick<ConfigFreeze, 'title' | 'startsAt'>): string {
  return `${title} ${startsAt}`;
}

const configCellSchema = z.union([
  versionLabelSchema,
  z.strictObject({ version: versionLabelSchema, pinned: z.boolean() }),
]);
export type ConfigCell = z.infer<typeof configCellSchema>;
export type ConfigAssignments = Record<string, Record<string, ConfigCell | null>>;

/** Each id once: of two entries one would win without a word. */
const once =
  <T>(keyOf: (one: T) => string) =>
  (all: readonly T[] | undefined) =>
    new Set(all?.map(keyOf)).size === (all?.length ?? 0);

/** What `grey export` writes and `grey apply` reads. A part or field that is left out is none of the file's business. */
export const configSchema = z.strictObject({
  format: z.literal(CONFIG_FORMAT),
  services: z
    .array(
      configServiceSchema
        .refine(({ versions }) => once((one: ConfigVersion) => one.version)(versions), 'each version once')
        .refine(
          ({ compatibility }) => once((one: { version: string }) => one.version)(compatibility),
          'each version once',
        )
        .refine(({ experiments }) => once((one: { id: string }) => one.id)(experiments), 'each experiment once'),
    )
    .refine(
      once((one: ConfigService) => one.id),
      'each service once',
    )
    .optional(),
  lanes: z
    .array(configLaneSchema)
    .refine(
      once((one: ConfigLane) => one.tag),
      'each lane once',
    )
    .optional(),
  freezes: z.array(createFreezeSchema).refine(once(nameOfFreeze), 'each title once for one beginning').optional(),
  channels: z
    .array(configChannelSchema)
    .refine(
      once((one: ConfigChannel) => one.name),
      'each channel once',
    )
    .optional(),
  assignments: z
    .record(tenantIdSchema, z.record(nameSchema, configCellSchema.nullable()))
    .optional()
    .meta({ description: 'Version by tenant and service; null: no assignment, the tenant follows the default.' }),
});
export type Config = z.infer<typeof configSchema>;
export type ConfigPart = 'services' | 'lanes' | 'freezes' | 'channels' | 'assignments';
export const configParts: readonly ConfigPart[] = ['services', 'lanes', 'freezes', 'channels', 'assignments'];
