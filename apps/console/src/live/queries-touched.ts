import type { QueryKey } from '@tanstack/react-query';
import type { StreamEvent } from '../api/generated/model/index.ts';

/** A change that takes another back says in its kind only that it does. */
const whatMayBeTakenBack: readonly QueryKey[] = [
  ['tenants'],
  ['tenant'],
  ['tenant-services'],
  ['matrix'],
  ['services'],
  ['service'],
  ['versions'],
  ['rules'],
  ['rule-revisions'],
  ['experiments'],
  ['lanes'],
  ['lane'],
  ['flags'],
  ['compatibility'],
];

/**
 * Which cached queries an event of the stream makes outdated; `'all'` when the position cannot be resumed. Keys are
 * prefixes: `['tenants']` stands for the list under every filter.
 */
export function queriesTouched(event: StreamEvent): readonly QueryKey[] | 'all' {
  if (event.type === 'reset') return 'all';
  // Instances are not replayed, so after every (re)connection they are read again.
  if (event.type === 'hello')
    return [['instances'], ['versions'], ['services'], ['service'], ['service-source'], ['routers'], ['discovery']];
  if (event.type === 'instances')
    return [
      ['instances', event.serviceId],
      ['versions', event.serviceId],
      ['service', event.serviceId],
      ['service-source', event.serviceId],
      ['services'],
      ['discovery'],
    ];
  const kind = event.change.kind;
  const always: QueryKey[] = [['changes'], ['service-source'], ['routers']];
  if (kind === 'change.reverted' || kind === 'tenant.restored') return [...always, ...whatMayBeTakenBack];
  if (kind === 'tenants.synced')
    return [...always, ['tenants'], ['tenant'], ['tenant-services'], ['matrix'], ['tenant-sync']];
  if (kind.startsWith('tenant.')) return [...always, ['tenants'], ['tenant'], ['tenant-services'], ['matrix']];
  if (kind.startsWith('service.'))
    return [...always, ['services'], ['service'], ['tenant-services'], ['matrix'], ['discovery']];
  if (kind.startsWith('version.'))
    return [...always, ['versions'], ['service'], ['services'], ['tenant-services'], ['retirement'], ['stragglers']];
  if (kind.startsWith('assignment') && kind !== 'assignments.rewritten')
    return [...always, ['tenant-services'], ['matrix'], ['versions'], ['retirement'], ['stragglers']];
  if (kind.startsWith('rules.')) return [...always, ['rules'], ['rule-revisions'], ['lanes'], ['service']];
  if (kind.startsWith('experiment.')) return [...always, ['experiments'], ['experiment-counts']];
  if (kind.startsWith('lane.')) return [...always, ['lanes'], ['lane']];
  if (kind.startsWith('freeze.')) return [...always, ['freezes']];
  if (kind === 'router.forgotten') return [...always, ['upgrades', 'list'], ['upgrades', 'one']];
  if (kind.startsWith('compatibility.')) return [...always, ['compatibility'], ['upgrade']];
  if (kind.startsWith('flags.')) return [...always, ['flags'], ['versions']];
  if (kind.startsWith('rules.')) return [...always, ['rules'], ['rule-revisions'], ['rule-findings']];
  if (kind.startsWith('hold.') || kind.startsWith('rollback.') || kind === 'assignments.rewritten')
    return [...always, ['holds'], ['hold'], ['rollbacks'], ['rollback'], ['tenant-services'], ['matrix'], ['versions']];
  if (kind.startsWith('data_source.') || kind.startsWith('tenant_schema.') || kind.startsWith('backup.'))
    return [...always, ['data-sources'], ['tenant-schemas'], ['tenant-schema'], ['backups']];
  if (kind.startsWith('migrations.') || kind.startsWith('migration_policy.'))
    return [...always, ['migrations'], ['migration-policy'], ['tenant-schemas'], ['tenant-schema']];
  if (kind === 'master_key.rotated') return [...always, ['key-rotation']];
  if (kind.startsWith('upgrade.') || kind.startsWith('upgrade_batch.'))
    return [
      ...always,
      ['upgrades', 'list'],
      ['upgrades', 'one'],
      ['upgrade-batches', 'list'],
      ['upgrade-batches', 'one'],
      ['tenant-services'],
      ['matrix'],
      ['tenant-schema'],
      ['tenant-schemas'],
      ['backups'],
    ];
  if (kind.startsWith('channel.')) return [...always, ['channels']];
  if (kind.startsWith('user.')) return [...always, ['users']];
  return [...always, ['api-keys']];
}
