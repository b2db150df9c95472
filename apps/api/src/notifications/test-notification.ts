import { randomUUID } from 'node:crypto';
import type { Notification } from '@grey/contracts';

/** What "send a test" sends: of the shape of a real one, and marked. */
export function testNotification(actorName: string, now: Date): Notification {
  return {
    changeId: `test-${randomUUID()}`,
    kind: 'channel.test',
    group: 'notifications',
    at: now.toISOString(),
    actor: { kind: 'user', name: actorName },
    reason: null,
    itemCount: 0,
    matchedCount: 0,
    tenantCount: 0,
    serviceIds: [],
    moves: [],
    sample: [],
    isTest: true,
  };
}
