import { z } from 'zod';

/** Foreign registries. Without an address of a Nacos there is only the built-in one. */
export const discoveryVariables = {
  GREY_NACOS_URL: z
    .string()
    .transform((text) => text.split(',').map((url) => url.trim()))
    .refine(
      (urls) => urls.every(isServerUrl),
      'must look like http://nacos-1:8848,http://nacos-2:8848, without user and password',
    )
    .optional()
    .meta({ description: 'Servers of one Nacos (2.x or 3.x), comma separated. Unset: only the built-in registry.' }),
  GREY_NACOS_NAMESPACE: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'Id of the Nacos namespace; unset: `public`.' }),
  GREY_NACOS_GROUP: z.string().min(1).optional().meta({ description: 'Group in Nacos; unset: `DEFAULT_GROUP`.' }),
  GREY_NACOS_USERNAME: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'User that may read the namespace; together with the password.' }),
  GREY_NACOS_PASSWORD: z.string().min(1).optional().meta({ description: 'Its password.' }),
  GREY_NACOS_API: z
    .enum(['auto', 'v1', 'v3'])
    .default('auto')
    .meta({ description: 'HTTP API spoken with Nacos; `auto` asks the server.' }),
  GREY_NACOS_SERVICE_PREFIX: z
    .string()
    .max(64)
    .default('')
    .meta({ description: 'Only services in Nacos that begin so are taken, and are called here by what follows.' }),
  GREY_NACOS_BASELINE_VERSION: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/, 'must be a version label')
    .optional()
    .meta({ description: 'Version of instances without `metadata.version`. Unset: nothing is routed to them.' }),
  GREY_DISCOVERY_INTERVAL_MS: z.coerce
    .number('must be a whole number')
    .int()
    .min(1_000)
    .max(600_000)
    .default(30_000)
    .meta({ description: 'Every service of a foreign registry is read anew so often, whatever was pushed.' }),
};

function isServerUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '' && search === '' && hash === '';
}

/** User and password go together. @returns the variable that is missing */
export function missingNacosVariable(config: {
  readonly GREY_NACOS_USERNAME?: string | undefined;
  readonly GREY_NACOS_PASSWORD?: string | undefined;
}): string | undefined {
  const names = ['GREY_NACOS_USERNAME', 'GREY_NACOS_PASSWORD'] as const;
  const missing = names.filter((name) => config[name] === undefined);
  return missing.length === 1 ? missing[0] : undefined;
}
