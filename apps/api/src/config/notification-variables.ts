import { z } from 'zod';
import { isAllowEntry } from '../infra/net/address-guard.ts';

const wholeNumber = z.coerce.number('must be a whole number').int();
const KEY_BYTES = 32;

/** What notifications read. Without a key for their secrets there are no channels. */
export const notificationVariables = {
  GREY_SECRETS_KEY: z
    .string()
    .transform((text, context) => {
      const key = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
      if (key.length === KEY_BYTES) return key;
      context.addIssue({
        code: 'custom',
        message: 'must be 32 bytes as hex or base64; `openssl rand -hex 32` makes one',
      });
      return z.NEVER;
    })
    .optional()
    .meta({
      description:
        'Encrypts the secrets of notification channels in the database; 32 bytes as hex or base64, the same on every replica. `npm start` makes and keeps one. Unset: no notifications.',
    }),
  GREY_WEBHOOK_ALLOW: z
    .string()
    .transform((text) => text.split(',').map((one) => one.trim()))
    .refine(
      (entries) => entries.every(isAllowEntry),
      'must be addresses, networks such as 10.1.0.0/16 or host names, by commas',
    )
    .optional()
    .meta({
      description:
        'Addresses, networks and host names that notifications may be sent to though they are private, also by http; separated by commas. Unset: public addresses only.',
    }),
  GREY_NOTIFY_TIMEOUT_MS: wholeNumber
    .min(100)
    .max(60_000)
    .default(10_000)
    .meta({ description: 'How long one attempt to deliver a notification may take.' }),
  GREY_NOTIFY_ATTEMPTS: wholeNumber
    .min(1)
    .max(30)
    .default(10)
    .meta({ description: 'Attempts before a notification becomes a dead letter.' }),
  GREY_NOTIFY_BACK_OFF_MS: wholeNumber
    .min(10)
    .max(600_000)
    .default(2_000)
    .meta({ description: 'Pause after the first failed attempt; it doubles with each, up to ten minutes.' }),
};
