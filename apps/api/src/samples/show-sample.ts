import { createHmac } from 'node:crypto';
import type { Samples } from '@grey/contracts';
import type { RequestMetadata } from '@grey/route-core';
import type { DecisionSample } from './decision-samples.ts';

type Shown = Samples['items'][number];

/** A sample as an operator sees it: people as short hashes that mean nothing elsewhere, addresses as their network. */
export function showSample({ request, at, version, reason, code }: DecisionSample, secret: Buffer): Shown {
  const { userId, sessionId, clientIp, ...rest }: RequestMetadata = request.metadata ?? {};
  const metadata: Record<string, unknown> = { ...rest };
  if (userId !== undefined) metadata.user = hashOf(userId, secret);
  if (sessionId !== undefined) metadata.session = hashOf(sessionId, secret);
  if (clientIp !== undefined) metadata.clientNetwork = networkOf(clientIp);
  return { at: new Date(at).toISOString(), tenantId: request.tenantId, version, reason, code, metadata };
}

function hashOf(text: string, secret: Buffer): string {
  return createHmac('sha256', secret).update(text).digest('hex').slice(0, 8);
}

/** The first three numbers of an IPv4 address, the first three groups of an IPv6 one. */
function networkOf(address: string): string {
  const v4 = /^(\d+\.\d+\.\d+)\.\d+$/.exec(address);
  if (v4 !== null) return `${v4[1]}.0/24`;
  return address.includes(':') ? `${address.split(':').slice(0, 3).join(':')}::/48` : '';
}
