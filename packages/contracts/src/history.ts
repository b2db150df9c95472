import { z } from 'zod';
import { changeIdSchema } from './changes.ts';
import { positionSchema, reasonSchema } from './primitives.ts';

/** SHA-256, hex. */
const hashSchema = z.string().regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits');

export const verifyQuerySchema = z.object({
  from: changeIdSchema.optional().meta({ description: 'First change to check. Left out: from the beginning.' }),
  to: changeIdSchema.optional().meta({ description: 'Last change to check. Left out: to the end of the log.' }),
  anchor: z
    .string()
    .regex(/^[0-9A-Za-z]{1,40}-[0-9]{1,15}:[0-9a-f]{64}$/, '`epoch-revision:hash`')
    .optional()
    .meta({
      description: '`epoch-revision:hash` noted elsewhere earlier: the log must still have that change with that hash.',
    }),
});

export const chainFaultSchema = z
  .object({
    position: positionSchema,
    changeId: z.string(),
    part: z.enum(['link', 'head', 'actor', 'reason', 'services', 'item', 'items', 'end', 'anchor']).meta({
      description: 'What is not as it was written; `link`: the change does not follow the one before it.',
    }),
    itemIndex: z.int().nullable(),
    detail: z.string(),
  })
  .meta({ id: 'ChainFault' });
export type ChainFault = z.infer<typeof chainFaultSchema>;

export const verifyResultSchema = z
  .object({
    isIntact: z.boolean(),
    isComplete: z.boolean().meta({ description: 'False: there is more; ask again with `from` = `nextFrom`.' }),
    nextFrom: z.string().nullable(),
    checkedCount: z.int(),
    unchainedCount: z.int().meta({ description: 'Changes from before the chain began; nothing can be said of them.' }),
    erasedCount: z.int().meta({ description: 'Changes whose actor was erased; all else of them is checked.' }),
    trimmedCount: z.int().meta({ description: 'Changes whose items are no longer kept; their hashes are.' }),
    anchor: z
      .object({ position: positionSchema, hash: hashSchema })
      .meta({ description: 'The end of the log. Noted outside, it shows later whether the log was written anew.' }),
    fault: chainFaultSchema.nullable().meta({ description: 'The first fault.' }),
  })
  .meta({ id: 'VerifyResult' });
export type VerifyResult = z.infer<typeof verifyResultSchema>;

export const erasePersonSchema = z
  .strictObject({
    userId: z.string().min(1).max(64).meta({ description: 'Id of a user that has been deleted.' }),
    withReasons: z.boolean().default(false).meta({ description: 'Also the reasons that the user gave.' }),
    reason: reasonSchema,
  })
  .meta({ id: 'ErasePerson' });

export const erasePersonResultSchema = z
  .object({
    changeId: z.string().nullable(),
    position: positionSchema,
    changeCount: z.int().meta({ description: 'Changes whose actor was erased.' }),
    itemCount: z.int().meta({ description: 'Items about the user that were erased.' }),
  })
  .meta({ id: 'ErasePersonResult' });
export type ErasePersonResult = z.infer<typeof erasePersonResultSchema>;
