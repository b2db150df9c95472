import { z } from 'zod';

const wholeNumber = z.coerce.number('must be a whole number').int();

/** What the tenant sync reads. Without an address it is off. */
export const tenantSyncVariables = {
  GREY_TENANT_SYNC_URL: z
    .string()
    .refine(isBaseUrl, 'must look like https://tenants.example.com, without user, password, query or fragment')
    .optional()
    .meta({
      description: 'Tenant-management service; `/api/tenants` is asked below this address. Unset: no tenant sync.',
    }),
  GREY_TENANT_SYNC_TOKEN: z
    .string()
    // A character that no header may hold would come back in the text of an error, token and all.
    .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces')
    .optional()
    .meta({ description: 'Bearer token for the tenant-management service.' }),
  GREY_TENANT_SYNC_INTERVAL_MS: wholeNumber
    .min(10_000)
    .max(86_400_000)
    .default(600_000)
    .meta({ description: 'Time between two runs of the tenant sync, whichever replica does them.' }),
  GREY_TENANT_SYNC_TIMEOUT_MS: wholeNumber
    .min(100)
    .max(120_000)
    .default(10_000)
    .meta({ description: 'How long one answer of the tenant-management service may take.' }),
  GREY_TENANT_SYNC_MAX_SHARE: wholeNumber.min(0).max(100).default(20).meta({
    description: 'Per cent of the synced tenants that one run may create, change or delete before it asks.',
  }),
};

function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '' && search === '' && hash === '';
}
