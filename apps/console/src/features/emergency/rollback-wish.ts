import type { PlanRollback } from '../../api/generated/model/index.ts';
import { splitTenantIds } from '../access/split-tenant-ids.ts';

export const scopes = ['version', 'tag', 'tenants'] as const;
export type ScopeKind = (typeof scopes)[number];

/** What is to be rolled back, as it stands in the URL: an alert or a runbook can link to it. */
export interface RollbackQuestion {
  service?: string;
  from?: string;
  to?: string;
  /** Left out: everybody on the version. */
  scope?: Exclude<ScopeKind, 'version'>;
  tag?: string;
  /** Ids separated by commas; what is typed on the page stays there, as it may be long. */
  tenants?: string;
}

const texts = { service: 64, from: 64, to: 64, tag: 64, tenants: 2_000 } as const;

export function readRollbackQuestion(search: Record<string, unknown>): RollbackQuestion {
  const question: RollbackQuestion = {};
  for (const name of Object.keys(texts) as (keyof typeof texts)[]) {
    const value = search[name];
    if ((typeof value === 'string' || typeof value === 'number') && String(value).trim())
      question[name] = String(value).trim().slice(0, texts[name]);
  }
  const { scope } = search;
  if (scope === 'tag' || scope === 'tenants') question.scope = scope;
  else if (question.tag) question.scope = 'tag';
  else if (question.tenants) question.scope = 'tenants';
  return question;
}

/** The question with one answer changed; what depended on it is asked again. */
export function answer<K extends keyof RollbackQuestion>(
  question: RollbackQuestion,
  name: K,
  value: RollbackQuestion[K],
): RollbackQuestion {
  const { [name]: _, ...others } = question;
  const next: RollbackQuestion = value ? { ...others, [name]: value } : others;
  if (name === 'service') return without(next, ['from', 'to']);
  return name === 'from' && next.to === next.from ? without(next, ['to']) : next;
}

function without(question: RollbackQuestion, names: readonly (keyof RollbackQuestion)[]): RollbackQuestion {
  return Object.fromEntries(Object.entries(question).filter(([name]) => !names.includes(name as 'from')));
}

/** What the API is asked; undefined as long as something is missing. @param tenantText as typed, for the scope `tenants` */
export function wishOf(
  question: RollbackQuestion,
  tenantText: string,
  isFurtherAllowed: boolean,
): PlanRollback | undefined {
  const { service: serviceId, from: fromVersion, to: toVersion } = question;
  const scope = scopeOf(question, tenantText);
  if (!serviceId || !fromVersion || !toVersion || !scope || fromVersion === toVersion) return undefined;
  const wish = { serviceId, fromVersion, toVersion, scope };
  return isFurtherAllowed ? { ...wish, allowRollbackOfRollback: true } : wish;
}

function scopeOf({ scope, tag }: RollbackQuestion, tenantText: string): PlanRollback['scope'] {
  if (scope === undefined) return { kind: 'version' };
  if (scope === 'tag') return tag ? { kind: 'tag', tag } : undefined;
  const tenantIds = splitTenantIds(tenantText);
  return tenantIds.length > 0 ? { kind: 'tenants', tenantIds } : undefined;
}
