import { z } from 'zod';
import { reasonSchema } from './primitives.ts';

/** Word of a caller who sets aside what speaks against a change of versions. */
export const overrideSchema = z.strictObject({ reason: reasonSchema }).meta({
  id: 'GuardOverride',
  description:
    'Sets objections aside that are overridable, such as a freeze; noted in the log. Needs `changes.override`.',
});
export type GuardOverride = z.infer<typeof overrideSchema>;

/** In bodies of operations that may change versions. */
export const overridable = { override: overrideSchema.optional() };

/** The same where there is no body. */
export const overrideQuerySchema = z.object({
  overrideReason: reasonSchema
    .optional()
    .meta({ description: 'Sets overridable objections aside, with this reason. Needs `changes.override`.' }),
});
