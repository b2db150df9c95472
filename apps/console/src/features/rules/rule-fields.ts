import type { Fallback } from '../../api/generated/model/index.ts';
import type { Condition, MissingUnit, Rule, RuleTarget, Share, Unit } from './rule-types.ts';

/** A rule as the form holds it: every field there, '' or null where it says nothing. */
export interface RuleFields {
  id: string;
  name: string;
  priority: number | '';
  isEnabled: boolean;
  pathType: '' | 'exact' | 'prefix' | 'regex';
  pathValue: string;
  methods: string[];
  when: Condition | null;
  /** Why the CEL text cannot be read; then `when` is not what the operator sees. */
  celFault: string | null;
  kind: RuleTarget['kind'];
  version: string;
  shares: Share[];
  unit: Unit;
  whenMissing: MissingUnit;
  salt: string;
  tag: string;
  fallbackMode: '' | Fallback;
  fallbackVersion: string;
  mirrorVersion: string;
  /** Basis points. */
  mirrorShare: number;
}

/** @param rule absent: a new one */
export function toFields(rule?: Rule): RuleFields {
  const target = rule?.target;
  const split = target?.kind === 'split' ? target : undefined;
  return {
    id: rule?.id ?? '',
    name: rule?.name ?? '',
    priority: rule?.priority ?? 0,
    isEnabled: rule?.isEnabled ?? true,
    pathType: rule?.path?.type ?? '',
    pathValue: rule?.path?.value ?? '',
    methods: [...(rule?.methods ?? [])],
    when: rule?.when ?? null,
    celFault: null,
    kind: target?.kind ?? 'version',
    version: target?.kind === 'version' ? target.version : '',
    shares: split ? [...split.shares] : [],
    unit: split?.unit ?? { by: 'user' },
    whenMissing: split?.whenMissing ?? 'tenant',
    salt: split?.salt ?? '',
    tag: target?.kind === 'lane' ? target.tag : '',
    fallbackMode: rule?.fallback?.mode ?? '',
    fallbackVersion: rule?.fallback?.version ?? '',
    mirrorVersion: rule?.mirror?.version ?? '',
    mirrorShare: rule?.mirror?.share ?? 1_000,
  };
}

/** The rule that the fields describe, whether or not it fits the contract. */
export function toRule(fields: RuleFields): Rule {
  const { id, name, priority, isEnabled, pathType, pathValue, methods, when, fallbackMode, mirrorVersion } = fields;
  return {
    id: id.trim(),
    name: name.trim(),
    priority: priority === '' ? 0 : priority,
    isEnabled,
    ...(pathType ? { path: { type: pathType, value: pathValue } } : {}),
    ...(methods.length > 0 ? { methods } : {}),
    // The engine's type is the client's, but read-only.
    ...(when ? { when: when as NonNullable<Rule['when']> } : {}),
    target: toTarget(fields),
    ...(fallbackMode ? { fallback: toFallback(fields, fallbackMode) } : {}),
    ...(mirrorVersion ? { mirror: { version: mirrorVersion, share: fields.mirrorShare } } : {}),
  };
}

function toTarget({ kind, version, shares, unit, whenMissing, salt, tag }: RuleFields): RuleTarget {
  if (kind === 'version') return { kind, version };
  if (kind === 'lane') return { kind, tag };
  return { kind, unit, whenMissing, ...(salt.trim() ? { salt: salt.trim() } : {}), shares: [...shares] };
}

function toFallback({ fallbackVersion }: RuleFields, mode: Fallback): NonNullable<Rule['fallback']> {
  return mode === 'version' ? { mode, version: fallbackVersion } : { mode };
}

/** An id made of a name: what may not stand in one becomes a hyphen. '' when nothing is left, as of a Chinese name. */
export function idFromName(name: string, taken: ReadonlySet<string>): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 56)
    .replace(/-+$/, '');
  const base = plain || 'rule';
  for (let count = 1; ; count++) {
    const id = count === 1 && plain ? base : `${base}-${count}`;
    if (!taken.has(id)) return id;
  }
}
