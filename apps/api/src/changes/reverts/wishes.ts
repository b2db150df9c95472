import type { ChangeItem } from '@grey/contracts';
import type { Wish } from './restorer.ts';

/** What a change did, turned round: each thing once, as it was before and as the change left it. */
export function wishesOf(items: readonly ChangeItem[]): Wish[] {
  const wishes = new Map<string, Wish>();
  for (const { entity, tenantId, serviceId, key, before, after } of items) {
    const part = entity === 'service' && 'liveRuleSet' in (before ?? after ?? {}) ? 'rules' : '';
    const id = `${entity} ${part} ${key}`;
    const wanted = wishes.has(id) ? (wishes.get(id) as Wish).wanted : before;
    wishes.set(id, { entity, part, tenantId, serviceId, key, expected: after, wanted });
  }
  const all = [...wishes.values()];
  // Rules go back as a whole set; what happened to each of them is told beside it.
  const withRules = new Set(all.filter(({ part }) => part === 'rules').map(({ serviceId }) => serviceId));
  return all
    .filter(
      ({ entity, serviceId }) =>
        entity !== 'change' && entity !== 'override' && !(entity === 'rule' && withRules.has(serviceId)),
    )
    .sort((a, b) => rankOf(a) - rankOf(b));
}

/** Things that others need come back first, and go last. */
function rankOf({ entity, part, wanted }: Wish): number {
  const order = ['tenant', 'version', 'service', 'lane', 'rules', 'experiment', 'flags', 'assignment'];
  const rank = order.indexOf(part === 'rules' ? 'rules' : entity);
  return wanted === null && (entity === 'tenant' || entity === 'lane') ? order.length - rank : rank;
}
