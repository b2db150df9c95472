import { createPublicKey } from 'node:crypto';
import { parseKeyRing } from '@grey/lanes';
import { DEFAULT_LOST_MS } from '@grey/propagation';
import { z } from 'zod';

const secretAlgorithms = ['HS256', 'HS384', 'HS512'] as const;
const keyAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;
const algorithmSchema = z.enum([...secretAlgorithms, ...keyAlgorithms]);
export type UserTokenAlgorithm = z.infer<typeof algorithmSchema>;

/** What /route believes, and how far back it remembers. */
export const routingVariables = {
  GREY_LANE_KEYS: z
    .string()
    .transform((text, context) => {
      try {
        return parseKeyRing(text);
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message });
        return z.NEVER;
      }
    })
    .optional()
    .meta({
      description:
        'Keys that vouch for a grey tag, `kid:secret,kid2:secret2`, each secret at least 32 bytes. Edges sign with the first, each verifies. Unset: only callers with the permission `route.trusted` can say which lane a call is in.',
    }),
  GREY_TRUSTED_HOPS: z.coerce.number('must be a whole number').int().min(0).max(20).default(0).meta({
    description:
      'Proxies of your own that add to `X-Forwarded-For`: the client is the entry so far from the right. 0: the header is not looked at.',
  }),
  GREY_KEPT_REVISIONS: z.coerce
    .number('must be a whole number')
    .int()
    .min(1)
    .max(10_000)
    .default(64)
    .meta({ description: 'Revisions kept in memory, for call trees that decide at a stamped position.' }),
  GREY_ROUTER_LEASE_MS: z.coerce.number('must be a whole number').int().min(500).max(600_000).default(15_000).meta({
    description:
      'How long this router answers for tenants whose schema may be contracted, in milliseconds, without contact to where changes come from. After that `SCHEMA_UNCERTAIN`, for these alone. A contract waits twice as long for a router that is silent.',
  }),
  GREY_ROUTER_LOST_MS: z.coerce
    .number('must be a whole number')
    .int()
    .min(60_000)
    .max(DEFAULT_LOST_MS)
    .default(DEFAULT_LOST_MS)
    .meta({
      description:
        'After how long without contact this router refuses every tenant whose recorded schema could have been contracted since, in milliseconds. A contract waits as long for a router that died without a goodbye before it heard of the upgrade.',
    }),
  GREY_USER_TOKEN_ISSUER: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "`iss` of the end users' tokens. Unset: claims count from trusted callers only." }),
  GREY_USER_TOKEN_AUDIENCE: z.string().min(1).optional().meta({ description: '`aud` that they must name.' }),
  GREY_USER_TOKEN_JWKS_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http or https address' })
    .optional()
    .meta({ description: 'Where the keys are published that sign them. One of this, the public key and the secret.' }),
  GREY_USER_TOKEN_PUBLIC_KEY: z
    .string()
    .transform((text, context) => {
      try {
        return createPublicKey(text.replaceAll('\\n', '\n'));
      } catch {
        context.addIssue({ code: 'custom', message: 'must be a public key in PEM form' });
        return z.NEVER;
      }
    })
    .optional()
    .meta({ description: 'The key that signs them, as PEM; `\\n` may stand for line ends.' }),
  GREY_USER_TOKEN_SECRET: z
    .string()
    .refine((text) => Buffer.byteLength(text) >= 32, 'must be at least 32 bytes')
    .optional()
    .meta({ description: 'The secret that signs them, at least 32 bytes.' }),
  GREY_USER_TOKEN_ALGORITHMS: z
    .string()
    .transform((text) => text.split(',').map((name) => name.trim()))
    .pipe(z.array(algorithmSchema))
    .optional()
    .meta({
      description: 'Accepted algorithms, comma separated. Unset: `HS256` with a secret, else `RS256,ES256,EdDSA`.',
    }),
};

type UserTokenConfig = {
  readonly [Name in keyof typeof routingVariables as Name extends `GREY_USER_TOKEN_${string}`
    ? Name
    : never]?: z.output<(typeof routingVariables)[Name]>;
};

/** What goes together: issuer, audience and one source of keys, with algorithms of its kind. */
export function userTokenFault(
  config: UserTokenConfig,
): { readonly name: keyof UserTokenConfig; readonly message: string } | undefined {
  const { GREY_USER_TOKEN_SECRET: secret, GREY_USER_TOKEN_ALGORITHMS: algorithms } = config;
  const sources = (
    ['GREY_USER_TOKEN_JWKS_URL', 'GREY_USER_TOKEN_PUBLIC_KEY', 'GREY_USER_TOKEN_SECRET'] as const
  ).filter((name) => config[name] !== undefined);
  const names = ['GREY_USER_TOKEN_ISSUER', 'GREY_USER_TOKEN_AUDIENCE'] as const;
  const isUsed = sources.length > 0 || algorithms !== undefined || names.some((name) => config[name] !== undefined);
  if (!isUsed) return undefined;
  const missing = names.find((name) => config[name] === undefined);
  if (missing !== undefined) return { name: missing, message: 'goes with the other variables of user tokens' };
  if (sources.length === 0)
    return { name: 'GREY_USER_TOKEN_JWKS_URL', message: 'or a public key or a secret is needed' };
  if (sources.length > 1) return { name: sources[1]!, message: `excludes ${sources[0]}` };
  const kind: readonly string[] = secret === undefined ? keyAlgorithms : secretAlgorithms;
  if (algorithms?.some((name) => !kind.includes(name)) || algorithms?.length === 0) {
    return { name: 'GREY_USER_TOKEN_ALGORITHMS', message: `must be of ${kind.join(', ')}` };
  }
  return undefined;
}
