import type { Notification } from '@grey/contracts';

/** Media type of a CloudEvent in structured mode. */
export const CLOUD_EVENT_TYPE = 'application/cloudevents+json; charset=utf-8';

/** A CloudEvent 1.0 with a notification as its data. */
export interface CloudEvent {
  readonly specversion: '1.0';
  /** With `source`, the same at every attempt: what a receiver knows repetitions by. */
  readonly id: string;
  readonly source: string;
  /** `grey.router.` and the kind of the change. */
  readonly type: string;
  readonly subject?: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: Notification;
}

/** The event of a notification; its subject is the service, where it is about one only. */
export function cloudEventOf(notification: Notification): CloudEvent {
  const { changeId, kind, at, serviceIds } = notification;
  return {
    specversion: '1.0',
    id: changeId,
    source: '/grey-router/changes',
    type: `grey.router.${kind}`,
    ...(serviceIds.length === 1 ? { subject: `services/${serviceIds[0]}` } : {}),
    time: at,
    datacontenttype: 'application/json',
    data: notification,
  };
}
