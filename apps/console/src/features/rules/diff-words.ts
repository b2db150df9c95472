import { printCel } from '@grey/route-core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import type { RuleFieldName } from './diff-rule-sets.ts';
import type { Rule } from './rule-types.ts';
import { useUnitWords } from './unit-words.ts';

/** A field of a rule as one line of text, to be compared with another; null where the rule says nothing. */
export function useFieldText(): (rule: Rule, field: RuleFieldName) => string | null {
  const { t } = useTranslation();
  const { number, share } = useFormat();
  const unitWords = useUnitWords();
  const target = ({ target: to }: Rule) => {
    if (to.kind === 'version') return to.version;
    if (to.kind === 'lane') return `${t('rules.laneOf')} ${to.tag}`;
    const shares = to.shares.map(({ version, weight }) => `${version} ${share(weight)}`).join(' · ');
    const words = [shares, t('rules.splitBy', { unit: unitWords(to.unit) }), t(`rules.missing.${to.whenMissing}`)];
    return [...words, ...(to.salt ? [to.salt] : [])].join(', ');
  };
  return (rule, field) => {
    const { path, methods, when, fallback, mirror } = rule;
    switch (field) {
      case 'name':
        return rule.name;
      case 'priority':
        return number(rule.priority);
      case 'isEnabled':
        return t(rule.isEnabled ? 'rules.on' : 'rules.off');
      case 'path':
        return path ? `${t(`rules.pathType.${path.type}`)} ${path.value}` : null;
      case 'methods':
        return methods?.join(', ') ?? null;
      case 'when':
        return when ? printCel(when) : null;
      case 'target':
        return target(rule);
      case 'fallback':
        return fallback ? [t(`fallback.${fallback.mode}`), fallback.version].filter(Boolean).join(' ') : null;
      case 'mirror':
        return mirror ? t('rules.mirrorOf', { share: share(mirror.share), version: mirror.version }) : null;
    }
  };
}
