import { isIP } from 'node:net';

const MAPPED = /^::ffff:(?:(\d+\.\d+\.\d+\.\d+)|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/i;

/**
 * The client's address as `X-Forwarded-For` tells it, where `trustedHops` proxies of one's own stand in front: each has added
 * the address that it saw at the right end, so the client is the n-th from the right, and whatever stands further left may
 * be made up. Ports and brackets that some proxies add are taken off.
 * @returns null when there are fewer entries, or the one is no address
 */
export function clientIpOf(forwardedFor: string, trustedHops: number): string | null {
  if (trustedHops < 1) return null;
  let end = forwardedFor.length;
  for (let hop = 1; ; hop++) {
    const comma = end < 0 ? -1 : forwardedFor.lastIndexOf(',', end - 1);
    if (hop === trustedHops) return end < 0 ? null : addressOf(forwardedFor.slice(comma + 1, end).trim());
    if (comma < 0) return null;
    end = comma;
  }
}

/** v4-mapped addresses (`::ffff:10.0.0.1`) as the v4 addresses that they are; anything else stays. */
export function unmapAddress(address: string): string {
  const match = address.startsWith('::') ? MAPPED.exec(address) : null;
  if (match === null) return address;
  const [, v4, high, low] = match;
  if (v4 !== undefined) return isIP(v4) === 4 ? v4 : address;
  const [a, b] = [Number.parseInt(high!, 16), Number.parseInt(low!, 16)];
  return `${a >>> 8}.${a & 255}.${b >>> 8}.${b & 255}`;
}

function addressOf(entry: string): string | null {
  const bare = /^\[([^\]]*)\](?::\d+)?$/.exec(entry)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(entry)?.[1] ?? entry;
  // Zones mean something on one machine only.
  return isIP(bare) === 0 || bare.includes('%') ? null : unmapAddress(bare);
}
