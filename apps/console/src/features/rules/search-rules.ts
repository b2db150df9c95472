import { printCel } from '@grey/route-core';
import type { Rule } from './rule-types.ts';

/** Rules in which every word is found: in name, id, path, methods, condition, versions or lane. */
export function searchRules(rules: readonly Rule[], search: string): readonly Rule[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rules;
  return rules.filter((rule) => {
    const text = textOf(rule).toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function textOf({ id, name, path, methods, when, target, fallback, mirror }: Rule): string {
  const versions =
    target.kind === 'version'
      ? [target.version]
      : target.kind === 'lane'
        ? [target.tag]
        : target.shares.map(({ version }) => version);
  return [
    id,
    name,
    path?.value,
    ...(methods ?? []),
    when && printCel(when),
    ...versions,
    fallback?.version,
    mirror?.version,
  ]
    .filter(Boolean)
    .join(' ');
}
