import { printCel } from '@grey/route-core';
import type { Rule } from './rule-types.ts';

/** Rules in which every word is found: in name, id, path, methods, condition, versions or lane. */
export function searchRules(rules: readonly Rule[], search: string): readonly Rule[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rules;
  return rules.filter((rule) => {
    const text = textOf(rule);
    return words.every((word) => text.includes(word));
  });
}

/** What a rule is searched in, made once for each: printing a condition costs more than looking through it. */
const texts = new WeakMap<Rule, string>();

function textOf(rule: Rule): string {
  const known = texts.get(rule);
  if (known !== undefined) return known;
  const text = write(rule).toLowerCase();
  texts.set(rule, text);
  return text;
}

function write({ id, name, path, methods, when, target, fallback, mirror }: Rule): string {
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
