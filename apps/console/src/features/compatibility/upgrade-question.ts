import type { SolveRequest } from '../../api/generated/model/index.ts';

/** The question to the solver as the address keeps it; what does not fit is dropped. */
export interface UpgradeQuestion {
  readonly by?: 'tag' | 'all';
  /** Ids separated by commas; for `by` undefined. */
  readonly tenants?: string;
  readonly tag?: string;
  /** `service@version` separated by commas. */
  readonly to?: string;
}

export interface Target {
  readonly serviceId: string;
  readonly version: string;
}

export function readUpgradeQuestion(search: Record<string, unknown>): UpgradeQuestion {
  const text = (name: string) => {
    const value = search[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
  };
  const [by, tenants, tag, to] = [text('by'), text('tenants'), text('tag'), text('to')];
  return {
    ...(by === 'tag' || by === 'all' ? { by } : {}),
    ...(tenants ? { tenants } : {}),
    ...(tag ? { tag } : {}),
    ...(to ? { to } : {}),
  };
}

export function targetsOf(to: string | undefined): Target[] {
  return (to ?? '').split(',').flatMap((part) => {
    const at = part.indexOf('@');
    return at < 0 ? [] : [{ serviceId: part.slice(0, at), version: part.slice(at + 1) }];
  });
}

export function wordTargets(targets: readonly Target[]): string {
  return targets.map(({ serviceId, version }) => `${serviceId}@${version}`).join(',');
}

export const tenantsOf = (text: string | undefined): string[] => [
  ...new Set((text ?? '').split(/[\s,]+/).filter((id) => id !== '')),
];

/** What the API is asked; undefined while something is missing. */
export function requestOf({ by, tenants, tag, to }: UpgradeQuestion): SolveRequest | undefined {
  const targets = targetsOf(to).filter((one) => one.serviceId !== '' && one.version !== '');
  if (targets.length === 0) return undefined;
  if (by === 'all') return { selection: { kind: 'all' }, targets };
  if (by === 'tag') return tag ? { selection: { kind: 'tag', tag }, targets } : undefined;
  const tenantIds = tenantsOf(tenants);
  return tenantIds.length > 0 ? { selection: { kind: 'tenants', tenantIds }, targets } : undefined;
}
