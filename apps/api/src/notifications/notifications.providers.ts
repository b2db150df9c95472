import type { Provider } from '@nestjs/common';
import { ChangeFeed } from '../changes/change-feed.ts';
import { ChangesService } from '../changes/changes.service.ts';
import { CONFIG, type Config } from '../config/config.schema.ts';
import { AddressGuard } from '../infra/net/address-guard.ts';
import { SecretBox } from '../infra/secrets/secret-box.ts';
import { ChannelSender } from './channel-sender.ts';
import { ChannelsService, type Sealed } from './channels.service.ts';
import { ChannelsStore } from './channels.store.ts';
import { DeliveriesService } from './deliveries.service.ts';
import { DeliveriesStore } from './deliveries.store.ts';
import { LogReaderStore } from './log-reader.store.ts';
import { NotificationMetrics } from './notification-metrics.ts';
import { NotificationsSchedule } from './notifications-schedule.ts';
import { Notifier } from './notifier.ts';

const SEALED = Symbol('Sealed');
const NOTIFIER = Symbol('Notifier');

export const notificationsProviders: Provider[] = [
  ChannelsStore,
  DeliveriesStore,
  LogReaderStore,
  NotificationMetrics,
  { provide: SEALED, useFactory: sealedOf, inject: [CONFIG] },
  {
    provide: NOTIFIER,
    useFactory: (
      config: Config,
      sealed: Sealed | undefined,
      log: LogReaderStore,
      deliveries: DeliveriesStore,
      metrics: NotificationMetrics,
    ) =>
      sealed === undefined
        ? undefined
        : new Notifier(log, deliveries, sealed.sender, metrics, {
            timeoutMs: config.GREY_NOTIFY_TIMEOUT_MS,
            attempts: config.GREY_NOTIFY_ATTEMPTS,
            backOffMs: config.GREY_NOTIFY_BACK_OFF_MS,
          }),
    inject: [CONFIG, SEALED, LogReaderStore, DeliveriesStore, NotificationMetrics],
  },
  {
    provide: ChannelsService,
    useFactory: (store: ChannelsStore, changes: ChangesService, sealed: Sealed | undefined) =>
      new ChannelsService(store, changes, sealed),
    inject: [ChannelsStore, ChangesService, SEALED],
  },
  {
    provide: DeliveriesService,
    useFactory: (store: DeliveriesStore, channels: ChannelsStore, notifier: Notifier | undefined) =>
      new DeliveriesService(store, channels, () => notifier?.wake()),
    inject: [DeliveriesStore, ChannelsStore, NOTIFIER],
  },
  {
    provide: NotificationsSchedule,
    useFactory: (feed: ChangeFeed, deliveries: DeliveriesStore, notifier: Notifier | undefined) =>
      new NotificationsSchedule(feed, deliveries, notifier),
    inject: [ChangeFeed, DeliveriesStore, NOTIFIER],
  },
];

function sealedOf(config: Config): Sealed | undefined {
  if (config.GREY_SECRETS_KEY === undefined) return undefined;
  const box = new SecretBox(config.GREY_SECRETS_KEY, 'The secrets of the channel do not open with GREY_SECRETS_KEY.');
  const guard = new AddressGuard(config.GREY_WEBHOOK_ALLOW ?? []);
  return { box, guard, sender: new ChannelSender(guard, box, config.GREY_NOTIFY_TIMEOUT_MS) };
}
