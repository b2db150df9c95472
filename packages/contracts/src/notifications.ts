import { z } from 'zod';
import { changeKindSchema } from './changes.ts';
import {
  displayNameSchema,
  nameSchema,
  pageOf,
  pageQuerySchema,
  serviceIdSchema,
  tagSchema,
  tenantIdSchema,
  timestampSchema,
} from './primitives.ts';

/** Groups that kinds of changes can be subscribed to by, so that a kind that is added later is not missed. */
export const changeGroups = [
  'tenants',
  'services',
  'assignments',
  'routing',
  'emergency',
  'compatibility',
  'freezes',
  'databases',
  'history',
  'access',
  'notifications',
  'other',
] as const;
export const changeGroupSchema = z.enum(changeGroups).meta({ id: 'ChangeGroup' });
export type ChangeGroup = z.infer<typeof changeGroupSchema>;

/** By what stands before the dot. */
const groupOfPrefix: Readonly<Record<string, ChangeGroup>> = {
  tenant: 'tenants',
  tenants: 'tenants',
  service: 'services',
  version: 'services',
  assignment: 'assignments',
  assignments: 'assignments',
  rules: 'routing',
  experiment: 'routing',
  lane: 'routing',
  flags: 'routing',
  hold: 'emergency',
  rollback: 'emergency',
  compatibility: 'compatibility',
  freeze: 'freezes',
  data_source: 'databases',
  master_key: 'databases',
  migrations: 'databases',
  migration_policy: 'databases',
  tenant_schema: 'databases',
  upgrade: 'databases',
  upgrade_batch: 'databases',
  backup: 'databases',
  change: 'history',
  changes: 'history',
  audit: 'history',
  user: 'access',
  api_key: 'access',
  channel: 'notifications',
};

/** The group of a kind of change; `assignments.rewritten` belongs to the emergency that caused it. */
export function groupOfKind(kind: string): ChangeGroup {
  if (kind === 'assignments.rewritten') return 'emergency';
  return groupOfPrefix[kind.slice(0, kind.indexOf('.'))] ?? 'other';
}

const listOf = <T extends z.ZodType>(item: T, max: number) =>
  z
    .array(item)
    .max(max)
    .refine((all) => new Set(all).size === all.length, 'each once')
    .default([]);

export const subscriptionSchema = z
  .strictObject({
    groups: listOf(changeGroupSchema, 20),
    kinds: listOf(changeKindSchema, 100).meta({
      description: 'A kind is wanted when it, or its group, is named. Neither named: every kind.',
    }),
    serviceIds: listOf(serviceIdSchema, 200).meta({ description: 'Empty: every service.' }),
    tenantIds: listOf(tenantIdSchema, 200),
    tenantTags: listOf(tagSchema, 32).meta({
      description:
        'Tenants by id, or by a tag they have. Empty both: every tenant. What reaches all tenants of a service reaches these too.',
    }),
  })
  .meta({ id: 'Subscription', description: 'All of its parts must fit.' });
export type Subscription = z.infer<typeof subscriptionSchema>;

const subscriptions = z
  .array(subscriptionSchema)
  .max(20)
  .meta({ description: 'Any of these sends the event. Empty: nothing is sent.' });

export const webhookFormats = ['cloudevents', 'slack', 'dingtalk', 'feishu', 'wecom'] as const;
export const webhookFormatSchema = z.enum(webhookFormats).meta({ id: 'WebhookFormat' });
export type WebhookFormat = z.infer<typeof webhookFormatSchema>;
export const languageSchema = z.enum(['en', 'zh']).meta({ id: 'NotificationLanguage' });

const printable = z.string().regex(/^[^\p{Cc}]*$/u, 'must not hold control characters');
const addressSchema = z
  .url({ protocol: /^https?$/, error: 'must be an http or https address' })
  .max(2_048)
  .refine((text) => !URL.canParse(text) || new URL(text).username + new URL(text).password === '', {
    error: 'must not hold a user or password',
  })
  .meta({ description: 'Kept encrypted and never shown again: addresses of chat robots hold their secret.' });
const secretSchema = z.string().min(16).max(256).meta({ description: 'Kept encrypted and never shown again.' });
const keyIds = (keys: readonly { id: string }[]) => new Set(keys.map((key) => key.id)).size === keys.length;
const templateSchema = z.string().max(2_000).nullable().meta({
  description:
    'Text with `{{title}} {{kind}} {{actor}} {{reason}} {{services}} {{itemCount}} {{tenantCount}} {{moves}} {{at}} {{changeId}}`. null: the ready one.',
});
const emailSchema = z.email().max(254);
const hostSchema = z.string().regex(/^[A-Za-z0-9.:-]{1,253}$/, 'must be a host name or an address');
const mailFields = {
  host: hostSchema,
  port: z.int().min(1).max(65_535).default(587),
  security: z
    .enum(['tls', 'starttls', 'none'])
    .default('starttls')
    .meta({ description: 'tls from the first byte; starttls is demanded; none sends in the clear.' }),
  username: printable.max(254).nullable().default(null),
  from: emailSchema,
  to: z.array(emailSchema).min(1).max(50),
};

export const signingKeySchema = z.strictObject({
  id: nameSchema,
  secret: secretSchema.optional().meta({ description: 'Left out: the secret that this key has.' }),
});

const common = { language: languageSchema.default('en'), template: templateSchema.default(null) };
const webhookSettingsSchema = z.strictObject({
  kind: z.literal('webhook'),
  format: webhookFormatSchema.default('cloudevents'),
  ...common,
  url: addressSchema.optional().meta({ description: 'Left out in an update: stays.' }),
  signingKeys: z.array(signingKeySchema).max(2).refine(keyIds, 'each id once').default([]).meta({
    description:
      'cloudevents: every key signs, so that two overlap while they are changed over. dingtalk and feishu: the first is the secret of the robot.',
  }),
});
const emailSettingsSchema = z.strictObject({
  kind: z.literal('email'),
  ...common,
  ...mailFields,
  password: printable.min(1).max(512).nullable().optional().meta({
    description: 'Kept encrypted and never shown again. Left out in an update: stays; null: none.',
  }),
});
export const channelSettingsSchema = z
  .discriminatedUnion('kind', [webhookSettingsSchema, emailSettingsSchema])
  .meta({ id: 'ChannelSettings' });
export type ChannelSettings = z.infer<typeof channelSettingsSchema>;

export const createChannelSchema = z
  .strictObject({
    name: displayNameSchema,
    isEnabled: z.boolean().default(true),
    settings: channelSettingsSchema,
    subscriptions: subscriptions.default([]),
  })
  .meta({ id: 'CreateChannel' });

export const updateChannelSchema = z
  .strictObject({
    name: displayNameSchema.optional(),
    isEnabled: z.boolean().optional(),
    settings: channelSettingsSchema.optional().meta({ description: 'Whole, but for secrets; the kind stays.' }),
    subscriptions: subscriptions.optional(),
  })
  .meta({ id: 'UpdateChannel' });

export const channelSchema = z
  .object({
    id: z.string(),
    name: displayNameSchema,
    isEnabled: z.boolean(),
    settings: z
      .discriminatedUnion('kind', [
        z.object({
          kind: z.literal('webhook'),
          format: webhookFormatSchema,
          language: languageSchema,
          template: templateSchema,
          origin: z.string().meta({ description: 'Scheme, host and port; the rest of the address is a secret.' }),
          signingKeyIds: z.array(z.string()),
        }),
        z.object({
          kind: z.literal('email'),
          language: languageSchema,
          template: templateSchema,
          ...mailFields,
          hasPassword: z.boolean(),
        }),
      ])
      .meta({ id: 'ShownChannelSettings' }),
    subscriptions,
    pendingCount: z.int(),
    deadCount: z.int(),
    lastDeliveredAt: timestampSchema.nullable(),
    lastError: z
      .string()
      .nullable()
      .meta({ description: 'Of the delivery that is being repeated; null: all is well.' }),
    createdAt: timestampSchema,
    updatedAt: timestampSchema,
    etag: z.string(),
  })
  .meta({ id: 'Channel' });
export type Channel = z.infer<typeof channelSchema>;
export const channelListSchema = z.object({ items: z.array(channelSchema) }).meta({ id: 'ChannelList' });

export const channelTestSchema = z
  .object({
    isDelivered: z.boolean(),
    httpStatus: z.int().nullable(),
    error: z.string().nullable(),
    answer: z.string().nullable().meta({ description: 'What the other side said, its first 500 characters.' }),
    durationMs: z.number(),
  })
  .meta({ id: 'ChannelTest', description: 'What became of the test message. It is sent once and not repeated.' });
export type ChannelTest = z.infer<typeof channelTestSchema>;

/** What one change did, bounded whatever its size: counts, and a sample. `data` of the CloudEvent. */
export const notificationSchema = z
  .object({
    changeId: z.string(),
    kind: z.string(),
    group: changeGroupSchema,
    at: timestampSchema,
    actor: z.object({ kind: z.string(), name: z.string() }),
    reason: z.string().nullable(),
    itemCount: z.int().meta({ description: 'Of the whole change.' }),
    matchedCount: z.int().meta({ description: 'Of these, the ones that the subscription is about.' }),
    tenantCount: z.int().meta({ description: 'Tenants among the matched.' }),
    serviceIds: z.array(z.string()).meta({ description: 'Among the matched, the first 20.' }),
    moves: z
      .array(
        z.object({
          serviceId: z.string().nullable(),
          fromVersion: z.string().nullable(),
          toVersion: z.string().nullable(),
          count: z.int(),
        }),
      )
      .meta({ description: 'Versions left and taken, the 20 most frequent.' }),
    sample: z
      .array(
        z.object({
          entity: z.string(),
          key: z.string(),
          tenantId: z.string().nullable(),
          serviceId: z.string().nullable(),
          action: z.enum(['created', 'updated', 'deleted']),
        }),
      )
      .meta({ description: 'The first 10 of the matched.' }),
    isTest: z.boolean(),
  })
  .meta({ id: 'Notification' });
export type Notification = z.infer<typeof notificationSchema>;

export const deliveryStatusSchema = z.enum(['pending', 'delivered', 'dead']).meta({ id: 'DeliveryStatus' });
export const deliverySchema = z
  .object({
    id: z.string(),
    channelId: z.string(),
    eventId: z.string().meta({ description: 'The id of the change; the same at every attempt.' }),
    status: deliveryStatusSchema,
    attemptCount: z.int(),
    nextAttemptAt: timestampSchema.nullable(),
    lastError: z.string().nullable(),
    httpStatus: z.int().nullable(),
    createdAt: timestampSchema,
    endedAt: timestampSchema.nullable(),
    notification: notificationSchema,
  })
  .meta({ id: 'Delivery' });
export type Delivery = z.infer<typeof deliverySchema>;
export const deliveryPageSchema = pageOf(deliverySchema, 'DeliveryPage');
export const deliveryListQuerySchema = pageQuerySchema.extend({
  channelId: nameSchema.optional(),
  status: deliveryStatusSchema.optional(),
});

export const resentSchema = z
  .object({ count: z.int().meta({ description: 'Dead letters that wait again.' }) })
  .meta({ id: 'Resent' });
export type Resent = z.infer<typeof resentSchema>;

export const previewMessageSchema = z
  .strictObject({
    format: z.enum([...webhookFormats, 'email']),
    language: languageSchema.default('en'),
    template: templateSchema.default(null),
  })
  .meta({ id: 'PreviewMessage' });
export const messagePreviewSchema = z
  .object({
    title: z.string().nullable().meta({ description: 'null: the format has no words of its own.' }),
    text: z.string(),
  })
  .meta({ id: 'MessagePreview', description: 'What would be sent of an example change.' });
export type MessagePreview = z.infer<typeof messagePreviewSchema>;
