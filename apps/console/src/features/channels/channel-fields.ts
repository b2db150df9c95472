import type {
  Channel,
  ChannelSettings,
  NotificationLanguage,
  PreviewMessageFormat,
  Subscription,
} from '../../api/generated/model/index.ts';

/** The kinds an operator chooses from: a webhook in one of its formats, or mail. */
export const channelKinds = ['cloudevents', 'slack', 'dingtalk', 'feishu', 'wecom', 'email'] as const;
export type ChannelKind = (typeof channelKinds)[number] & PreviewMessageFormat;
export type Security = 'tls' | 'starttls' | 'none';

/** What the form holds. Secrets are empty for "as it is": they are never shown again. */
export interface ChannelFields {
  readonly kind: ChannelKind;
  readonly name: string;
  readonly language: NotificationLanguage;
  /** Empty: the ready text. */
  readonly template: string;
  readonly url: string;
  /** Of a new channel, or of a robot: one key. Keys of webhooks are changed over one by one. */
  readonly secret: string;
  readonly host: string;
  readonly port: string;
  readonly security: Security;
  readonly username: string;
  readonly password: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subscriptions: readonly Subscription[];
}

export const anyChange: Subscription = { groups: [], kinds: [], serviceIds: [], tenantIds: [], tenantTags: [] };
/** Ports that mail is handed in on, by how the connection is kept secret. */
export const usualPorts: Readonly<Record<Security, string>> = { starttls: '587', tls: '465', none: '25' };

export function kindOf({ settings }: Pick<Channel, 'settings'>): ChannelKind {
  return settings.kind === 'email' ? 'email' : settings.format;
}

/** The robots of these two sign with a secret of their own. */
export function hasRobotSecret(kind: ChannelKind): boolean {
  return kind === 'dingtalk' || kind === 'feishu';
}

export function fieldsOf(channel: Channel | undefined): ChannelFields {
  const settings = channel?.settings;
  const mail = settings?.kind === 'email' ? settings : undefined;
  return {
    kind: channel ? kindOf(channel) : 'cloudevents',
    name: channel?.name ?? '',
    language: settings?.language ?? 'en',
    template: settings?.template ?? '',
    url: '',
    secret: '',
    host: mail?.host ?? '',
    port: String(mail?.port ?? usualPorts.starttls),
    security: mail?.security ?? 'starttls',
    username: mail?.username ?? '',
    password: '',
    from: mail?.from ?? '',
    to: mail?.to ?? [],
    subscriptions: channel?.subscriptions ?? [anyChange],
  };
}

/** @param channel as it is; undefined for a new one */
export function settingsOf(fields: ChannelFields, channel: Channel | undefined): ChannelSettings {
  const { kind, language } = fields;
  const template = kind === 'cloudevents' || fields.template.trim() === '' ? null : fields.template;
  if (kind === 'email') {
    const { host, port, security, from, to, username, password } = fields;
    return {
      kind: 'email',
      language,
      template,
      host: host.trim(),
      port: Number(port),
      security,
      username: username.trim() || null,
      from: from.trim(),
      to: [...to],
      ...(password === '' ? {} : { password }),
    };
  }
  return {
    kind: 'webhook',
    format: kind,
    language,
    template,
    signingKeys: keysOf(fields, channel),
    ...(fields.url.trim() === '' ? {} : { url: fields.url.trim() }),
  };
}

function keysOf({ kind, secret }: ChannelFields, channel: Channel | undefined): { id: string; secret?: string }[] {
  const kept = channel?.settings.kind === 'webhook' ? channel.settings.signingKeyIds.map((id) => ({ id })) : [];
  if (secret === '') return kept;
  if (kind === 'cloudevents') return [...kept, { id: newKeyId(kept.map(({ id }) => id)), secret }];
  return hasRobotSecret(kind) ? [{ id: 'robot', secret }] : [];
}

/** A name for a key that says since when it signs; a second one of the same day gets a number. */
export function newKeyId(taken: readonly string[], now = new Date()): string {
  const day = now.toISOString().slice(0, 10);
  for (let number = 1; ; number++) {
    const id = number === 1 ? day : `${day}.${number}`;
    if (!taken.includes(id)) return id;
  }
}

export type FieldName = Exclude<keyof ChannelFields, 'kind' | 'language' | 'subscriptions'>;
export type FieldFaults = Partial<Record<FieldName, 'required' | 'port' | 'secret'>>;

/** What can be seen to be missing before the API is asked. */
export function checkFields(fields: ChannelFields, channel: Channel | undefined): FieldFaults {
  const faults: FieldFaults = {};
  const need = (name: 'name' | 'url' | 'host' | 'from') => {
    if (fields[name].trim() === '') faults[name] = 'required';
  };
  need('name');
  if (fields.kind === 'email') {
    need('host');
    need('from');
    if (fields.to.length === 0) faults.to = 'required';
    const port = Number(fields.port);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) faults.port = 'port';
    return faults;
  }
  if (channel === undefined) need('url');
  if (fields.secret !== '' && fields.secret.length < 16) faults.secret = 'secret';
  return faults;
}

const fieldOfPath: readonly (readonly [RegExp, FieldName])[] = [
  [/^body\.name/, 'name'],
  [/^body\.settings\.url/, 'url'],
  [/^body\.settings\.signingKeys/, 'secret'],
  [/^body\.settings\.host/, 'host'],
  [/^body\.settings\.port/, 'port'],
  [/^body\.settings\.username/, 'username'],
  [/^body\.settings\.password/, 'password'],
  [/^body\.settings\.from/, 'from'],
  [/^body\.settings\.to/, 'to'],
  [/^body\.settings\.template/, 'template'],
];

/** The field that a fault of the API is about; undefined when the form has none for it. */
export function fieldAt(path: string): FieldName | undefined {
  return fieldOfPath.find(([form]) => form.test(path))?.[1];
}
