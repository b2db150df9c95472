import type { MessagePreview, Notification, WebhookFormat } from '@grey/contracts';
import { cloudEventOf } from './cloud-event.ts';
import { type Language, writeMessage } from './write-message.ts';

interface Preview {
  readonly format: WebhookFormat | 'email';
  readonly language: Language;
  readonly template: string | null;
}

/** What a channel of these settings would send of an example. */
export function previewMessage({ format, language, template }: Preview): MessagePreview {
  if (format === 'cloudevents') return { title: null, text: JSON.stringify(cloudEventOf(example), null, 2) };
  return writeMessage(example, language, template);
}

/** Nobody's tenants and services: a preview must show no real change to whoever edits a template. */
const example: Notification = {
  changeId: '0abc1example-42',
  kind: 'assignments.applied',
  group: 'assignments',
  at: '2026-01-31T03:00:00.000Z',
  actor: { kind: 'user', name: 'Night shift' },
  reason: 'Second wave of the release',
  itemCount: 120,
  matchedCount: 100,
  tenantCount: 100,
  serviceIds: ['payment-service'],
  moves: [{ serviceId: 'payment-service', fromVersion: '2.0.3', toVersion: '2.1.0', count: 100 }],
  sample: [
    {
      entity: 'assignment',
      key: 'example-tenant/payment-service',
      tenantId: 'example-tenant',
      serviceId: 'payment-service',
      action: 'updated',
    },
  ],
  isTest: false,
};
