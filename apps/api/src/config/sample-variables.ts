import { z } from 'zod';

/** What of real decisions may be kept in memory, for operators to try rules on. */
export const sampleVariables = {
  GREY_SAMPLES: z
    .enum(['0', '1'])
    .transform((text) => text === '1')
    .default(true)
    .meta({ description: '0: no decision is sampled, so rules cannot be simulated.' }),
  GREY_SAMPLE_HEADERS: z
    .string()
    .max(4_096)
    .default(
      'x-beta,x-beta-user,x-canary,x-preview,x-grey-*,x-client-version,x-app-version,x-platform,x-device-type,accept-language,query:beta,cookie:beta,claim:plan,claim:role,attribute:*',
    )
    .meta({
      description:
        'Names that a sampled decision keeps, comma separated: headers as they are, others as `cookie:name`, `query:name`, `claim:name`, `attribute:name`; `*` at the end stands for anything. Tokens, `Authorization` and `Cookie` are never kept.',
    }),
};
