import type { KeyRotation } from '../../api/generated/model/index.ts';

/** What a master key is for now: `lost` is one that tenants need and no replica has. */
export type KeyStanding = 'writes' | 'reads' | 'removable' | 'lost';

export function standingOf(key: KeyRotation['keys'][number]): KeyStanding {
  if (!key.isConfigured) return 'lost';
  if (key.isActive) return 'writes';
  return key.tenantCount > 0 ? 'reads' : 'removable';
}
