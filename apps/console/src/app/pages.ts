import { useMe } from '../features/access/me.ts';

/** A page without a permission is everybody's; the others are listed for those who may read them. */
const pages = [
  { to: '/tenants', label: 'nav.tenants', mark: '▤' },
  { to: '/matrix', label: 'nav.matrix', mark: '▦' },
  { to: '/services', label: 'nav.services', mark: '◆' },
  { to: '/upgrades', label: 'nav.upgrades', mark: '⇧', permission: 'upgrades.read' },
  { to: '/compatibility', label: 'nav.compatibility', mark: '⋈' },
  { to: '/databases', label: 'nav.databases', mark: '⛁', permission: 'data_sources.read' },
  { to: '/lanes', label: 'nav.lanes', mark: '⇶', permission: 'routing.read' },
  { to: '/playground', label: 'nav.playground', mark: '?', permission: 'routing.read' },
  { to: '/holds', label: 'nav.holds', mark: '⊘', permission: 'routing.read' },
  { to: '/freezes', label: 'nav.freezes', mark: '❄', permission: 'freezes.read' },
  { to: '/changes', label: 'nav.changes', mark: '≡' },
  { to: '/discovery', label: 'nav.discovery', mark: '◎', permission: 'discovery.read' },
  { to: '/routers', label: 'nav.routers', mark: '⇉', permission: 'routers.read' },
  { to: '/tenant-sync', label: 'nav.tenantSync', mark: '⇄', permission: 'tenant-sync.read' },
  { to: '/channels', label: 'nav.channels', mark: '✉', permission: 'notifications.manage' },
  { to: '/access', label: 'nav.access', mark: '⚙', permission: 'access.manage' },
] as const;

/** The pages that the operator may open, in the order of the menu. */
export function usePages() {
  const { data: me } = useMe();
  return pages.filter((page) => !('permission' in page) || me?.permissions.includes(page.permission));
}
