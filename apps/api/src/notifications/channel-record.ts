import type { ChannelSettings, Subscription } from '@grey/contracts';
import type { SigningKey } from './sign-event.ts';

/** What a channel keeps encrypted. */
export interface ChannelSecrets {
  readonly url?: string;
  readonly signingKeys?: readonly SigningKey[];
  readonly password?: string | null;
}

type Webhook = Extract<ChannelSettings, { kind: 'webhook' }>;
type Email = Extract<ChannelSettings, { kind: 'email' }>;
/** The part of the settings that anybody who reads the database may see. */
export type OpenSettings =
  | (Omit<Webhook, 'url' | 'signingKeys'> & { readonly origin: string; readonly signingKeyIds: readonly string[] })
  | (Omit<Email, 'password'> & { readonly hasPassword: boolean });

/** A channel as the database holds it. */
export interface ChannelRow {
  readonly id: string;
  readonly name: string;
  readonly isEnabled: boolean;
  readonly settings: OpenSettings;
  readonly secrets: Uint8Array;
  readonly subscriptions: readonly Subscription[];
  readonly rowVersion: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A part of the settings that is missing; `path` within the settings. */
export class SettingMissing extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

/**
 * Parts settings into what is shown and what is encrypted.
 *
 * @param kept secrets that stay when the settings leave them out
 * @throws SettingMissing
 */
export function splitSettings(
  settings: ChannelSettings,
  kept: ChannelSecrets,
): { open: OpenSettings; secrets: ChannelSecrets } {
  if (settings.kind === 'email') {
    const { password: given = kept.password ?? null, ...rest } = settings;
    const password = rest.username === null ? null : given;
    return { open: { ...rest, hasPassword: password !== null }, secrets: { password } };
  }
  const { url = kept.url, signingKeys: keys, ...rest } = settings;
  if (url === undefined) throw new SettingMissing('url', 'is required');
  const signingKeys = keys.map(({ id, secret }, index) => {
    const found = secret ?? kept.signingKeys?.find((key) => key.id === id)?.secret;
    if (found === undefined) throw new SettingMissing(`signingKeys[${index}].secret`, 'is required for a new key');
    return { id, secret: found };
  });
  const open = { ...rest, origin: new URL(url).origin, signingKeyIds: signingKeys.map((key) => key.id) };
  return { open, secrets: { url, signingKeys } };
}
