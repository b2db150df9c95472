import type { Notification } from '@grey/contracts';
import { type AddressGuard, AddressRefused } from '../infra/net/address-guard.ts';
import { type SecretBox, SecretsError } from '../infra/secrets/secret-box.ts';
import type { ChannelRow, ChannelSecrets, OpenSettings } from './channel-record.ts';
import { chatRequests, faultOfChatAnswer } from './chat-bodies.ts';
import { CLOUD_EVENT_TYPE, cloudEventOf } from './cloud-event.ts';
import { postWebhook } from './post-webhook.ts';
import { sendMail } from './send-mail.ts';
import { signEvent } from './sign-event.ts';
import { writeMessage } from './write-message.ts';

/** How one attempt ended. `isFinal`: another would end the same. */
export type Attempt =
  | { readonly isDelivered: true; readonly httpStatus: number | null; readonly answer?: string }
  | {
      readonly isDelivered: false;
      readonly httpStatus: number | null;
      readonly error: string;
      readonly isFinal: boolean;
      /** What the other side said, in short; only "send a test" shows it. */
      readonly answer?: string;
    };

type Webhook = Extract<OpenSettings, { kind: 'webhook' }>;
type Email = Extract<OpenSettings, { kind: 'email' }>;

/** Statuses that speak against this very event; others may pass, or be mended at the receiver. */
const FINAL_STATUSES: ReadonlySet<number> = new Set([400, 413, 415, 422]);

/** Sends one notification through one channel, once. */
export class ChannelSender {
  readonly #guard: AddressGuard;
  readonly #box: SecretBox;
  readonly #timeoutMs: number;

  constructor(guard: AddressGuard, box: SecretBox, timeoutMs: number) {
    this.#guard = guard;
    this.#box = box;
    this.#timeoutMs = timeoutMs;
  }

  /** Never throws: whatever goes wrong is the attempt's error, in words without secrets. */
  async send(channel: ChannelRow, notification: Notification): Promise<Attempt> {
    try {
      const secrets = JSON.parse(this.#box.open(channel.id, channel.secrets)) as ChannelSecrets;
      const { settings } = channel;
      if (settings.kind === 'email') return await this.#mail(channel.id, settings, secrets, notification);
      return await this.#post(settings, secrets, notification);
    } catch (error) {
      return { isDelivered: false, httpStatus: null, error: describe(error), isFinal: false };
    }
  }

  async #post(settings: Webhook, secrets: ChannelSecrets, notification: Notification): Promise<Attempt> {
    const { format, language, template } = settings;
    const { url: address = '', signingKeys = [] } = secrets;
    const now = Date.now();
    if (format === 'cloudevents') {
      const body = JSON.stringify(cloudEventOf(notification));
      const signature = signEvent(signingKeys, Math.floor(now / 1_000), body);
      const headers = {
        'Content-Type': CLOUD_EVENT_TYPE,
        ...(signature === '' ? {} : { 'Grey-Signature': signature }),
      };
      const answer = await postWebhook(this.#guard, { url: address, body, headers, timeoutMs: this.#timeoutMs });
      return { ...attemptOf(answer.status, undefined), answer: shorten(answer.body) };
    }
    const chat = chatRequests[format](notification, { url: address, language, template, key: signingKeys[0] }, now);
    const answer = await postWebhook(this.#guard, {
      url: chat.url,
      body: JSON.stringify(chat.body),
      headers: { 'Content-Type': 'application/json; charset=utf-8' },
      timeoutMs: this.#timeoutMs,
    });
    const fault = isSuccess(answer.status) ? faultOfChatAnswer(format, answer.body) : undefined;
    return { ...attemptOf(answer.status, fault), answer: shorten(answer.body) };
  }

  async #mail(
    channelId: string,
    settings: Email,
    secrets: ChannelSecrets,
    notification: Notification,
  ): Promise<Attempt> {
    const { language, template, from, to, host, port, security, username } = settings;
    const server = { host, port, security, username, password: secrets.password ?? null };
    await sendMail(this.#guard, server, {
      ...writeMessage(notification, language, template),
      from,
      to,
      id: `${notification.changeId}.${channelId}`,
      timeoutMs: this.#timeoutMs,
    });
    return { isDelivered: true, httpStatus: null };
  }
}

const isSuccess = (status: number) => status >= 200 && status < 300;

function attemptOf(status: number, fault: string | undefined): Attempt {
  if (isSuccess(status) && fault === undefined) return { isDelivered: true, httpStatus: status };
  const isRedirect = status >= 300 && status < 400;
  const error = fault ?? (isRedirect ? `answered ${status}; redirects are not followed` : `answered ${status}`);
  return { isDelivered: false, httpStatus: status, error, isFinal: FINAL_STATUSES.has(status) };
}

/** Its beginning, on one line. */
function shorten(body: string): string {
  return body
    .slice(0, 500)
    .replaceAll(/[\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .trim();
}

/** By kind, where an error of Node or of a mail server could name addresses inside or repeat what was sent. */
function describe(error: unknown): string {
  if (error instanceof AddressRefused || error instanceof SecretsError) return error.message;
  const { code, message, responseCode } = error as { code?: unknown; message?: unknown; responseCode?: unknown };
  if (typeof responseCode === 'number') return `the mail server answered ${responseCode}`;
  if (typeof code === 'string') return `could not be reached (${code})`;
  return typeof message === 'string' ? message.slice(0, 200) : 'failed';
}
