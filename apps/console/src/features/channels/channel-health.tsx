import { useTranslation } from 'react-i18next';
import type { Channel } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { StatusLabel, type Tone } from '../../parts/status.tsx';

type Health = 'off' | 'failing' | 'dead' | 'waiting' | 'well';
const tones: Record<Health, Tone> = { off: 'plain', failing: 'bad', dead: 'warn', waiting: 'note', well: 'good' };

/** How a channel is doing, worst first. */
export function healthOf(channel: Channel): Health {
  if (!channel.isEnabled) return 'off';
  if (channel.lastError !== null) return 'failing';
  if (channel.deadCount > 0) return 'dead';
  return channel.pendingCount > 0 ? 'waiting' : 'well';
}

export function ChannelHealth({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const health = healthOf(channel);
  const words = { waiting: number(channel.pendingCount), dead: number(channel.deadCount) };
  return <StatusLabel tone={tones[health]}>{t(`channels.health.${health}`, words)}</StatusLabel>;
}

/** Where it goes; the part of an address that is a secret is not shown to anybody. */
export function ChannelAddress({ channel: { settings } }: { channel: Channel }) {
  const { t } = useTranslation();
  if (settings.kind === 'webhook') return <span className="mono">{`${settings.origin}/…`}</span>;
  const [first = '', ...rest] = settings.to;
  return (
    <span>
      <span className="mono">{first}</span>
      {rest.length > 0 && ` ${t('channels.moreRecipients', { count: rest.length })}`}
    </span>
  );
}
