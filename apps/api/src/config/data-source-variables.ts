import { z } from 'zod';
import { isAllowEntry } from '../infra/net/address-guard.ts';
import { parseMasterKeys } from '../infra/secrets/master-keys.ts';

const wholeNumber = z.coerce.number('must be a whole number').int();

/** What data sources read. Without a master key there are no credentials; without a list no server may be reached. */
export const dataSourceVariables = {
  GREY_MASTER_KEY: z
    .string()
    .transform((text, context) => {
      try {
        return parseMasterKeys(text);
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message });
        return z.NEVER;
      }
    })
    .optional()
    .meta({
      description:
        'Master keys that wrap the key of each tenant, which encrypts the credentials of its databases: `id:key`, the key 32 bytes as hex or base64, separated by commas. The first writes, all read; the same on every replica. `npm start` makes and keeps one.',
    }),
  GREY_MASTER_KEY_FILE: z.string().min(1).optional().meta({
    description:
      'File of the same, one key a line, instead of GREY_MASTER_KEY. It is read again when a rotation begins or a key is missing.',
  }),
  GREY_DATA_SOURCE_ALLOW: z
    .string()
    .transform((text) => text.split(',').map((one) => one.trim()))
    .refine(
      (entries) => entries.every(isAllowEntry),
      'must be addresses, networks such as 10.1.0.0/16 or host names, by commas',
    )
    .optional()
    .meta({
      description:
        'Addresses, networks and host names of servers that data sources may be on, public ones too; separated by commas. Unset: none.',
    }),
  GREY_DATA_SOURCE_TIMEOUT_MS: wholeNumber
    .min(100)
    .max(60_000)
    .default(5_000)
    .meta({ description: 'How long the test of a connection may take, all in all.' }),
  GREY_DATA_SOURCE_CONNECTIONS: wholeNumber
    .min(1)
    .max(100)
    .default(8)
    .meta({ description: 'Connections of this process to one server of tenant databases at a time.' }),
};

/** Both at once would leave open which of them counts. */
export function masterKeyFault(config: {
  readonly GREY_MASTER_KEY?: unknown;
  readonly GREY_MASTER_KEY_FILE?: unknown;
}): { readonly name: 'GREY_MASTER_KEY_FILE'; readonly message: string } | undefined {
  if (config.GREY_MASTER_KEY === undefined || config.GREY_MASTER_KEY_FILE === undefined) return undefined;
  return { name: 'GREY_MASTER_KEY_FILE', message: 'takes the place of GREY_MASTER_KEY; set one of the two' };
}
