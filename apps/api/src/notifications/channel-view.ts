import type { Channel } from '@grey/contracts';
import { etagOf } from '../infra/http/etag.ts';
import type { ChannelRow, OpenSettings } from './channel-record.ts';
import type { ShownChannel } from './channels.store.ts';

/** A channel in the words of the API: no secret is among them. */
export function channelView(row: ShownChannel): Channel {
  return {
    id: row.id,
    name: row.name,
    isEnabled: row.isEnabled,
    settings: settingsView(row.settings),
    subscriptions: [...row.subscriptions],
    pendingCount: row.pendingCount,
    deadCount: row.deadCount,
    lastDeliveredAt: row.lastDeliveredAt?.toISOString() ?? null,
    lastError: row.lastError,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    etag: etagOf(row.rowVersion),
  };
}

function settingsView(settings: OpenSettings): Channel['settings'] {
  return settings.kind === 'webhook' ? { ...settings, signingKeyIds: [...settings.signingKeyIds] } : settings;
}

/** What the log keeps of a channel. The log is kept for ever and read by many: mail addresses do not belong there. */
export function channelState(row: ChannelRow): Record<string, unknown> {
  const { settings } = row;
  const shown =
    settings.kind === 'webhook'
      ? settings
      : {
          kind: settings.kind,
          language: settings.language,
          template: settings.template,
          host: settings.host,
          port: settings.port,
          security: settings.security,
          recipientCount: settings.to.length,
        };
  return { name: row.name, isEnabled: row.isEnabled, settings: shown, subscriptions: row.subscriptions };
}
