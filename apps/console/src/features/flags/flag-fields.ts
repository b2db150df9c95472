import type { Flag, Scalar, Unit } from '../../api/generated/model/index.ts';

export const flagTypes = ['boolean', 'string', 'number'] as const;
export type FlagType = (typeof flagTypes)[number];

export interface FlagRuleFields {
  readonly when: string;
  /** Basis points; 10 000 is no portion. */
  readonly share: number;
  readonly unit: Unit;
  /** Kept from the saved rule, so that an edit does not deal everybody out anew. */
  readonly salt: string | null;
  readonly value: string;
}

/** A flag as the form has it: every value as text of the flag's one type. */
export interface FlagFields {
  readonly name: string;
  readonly isEnabled: boolean;
  readonly type: FlagType;
  readonly value: string;
  readonly rules: readonly FlagRuleFields[];
}

export const everybody = 10_000;

/** @param printCondition the text of a rule's condition */
export function fieldsOf(
  flag: Flag | undefined,
  printCondition: (when: NonNullable<Flag['rules'][number]['when']>) => string,
): FlagFields {
  return {
    name: flag?.name ?? '',
    isEnabled: flag?.isEnabled ?? true,
    type: typeof (flag?.value ?? false) as FlagType,
    value: String(flag?.value ?? false),
    rules:
      flag?.rules.map(({ when, portion, value }) => ({
        when: when ? printCondition(when) : '',
        share: portion?.share ?? everybody,
        unit: portion?.unit ?? { by: 'user' },
        salt: portion?.salt ?? null,
        value: String(value),
      })) ?? [],
  };
}

/** The value that a text stands for; undefined when it is no value of the type. */
export function readValue(type: FlagType, text: string): Scalar | undefined {
  if (type === 'string') return text;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  const value = Number(text);
  return text.trim() !== '' && Number.isFinite(value) ? value : undefined;
}

/** The same texts for another type: what does not fit becomes the type's plainest value. */
export function withType(fields: FlagFields, type: FlagType): FlagFields {
  const plain = { boolean: 'false', string: '', number: '0' }[type];
  const fit = (text: string) => (readValue(type, text) === undefined ? plain : text);
  return {
    ...fields,
    type,
    value: fit(fields.value),
    rules: fields.rules.map((rule) => ({ ...rule, value: fit(rule.value) })),
  };
}

export type FlagFault = 'required' | 'name' | 'taken' | 'value';

/** What has to be put right before the API is asked; rules as `rules.0.value`. */
export function checkFields(fields: FlagFields, taken: readonly string[]): Readonly<Record<string, FlagFault>> {
  const faults: Record<string, FlagFault> = {};
  const name = fields.name.trim();
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) faults['name'] = name === '' ? 'required' : 'name';
  else if (taken.includes(name)) faults['name'] = 'taken';
  if (readValue(fields.type, fields.value) === undefined) faults['value'] = 'value';
  for (const [index, rule] of fields.rules.entries()) {
    if (readValue(fields.type, rule.value) === undefined) faults[`rules.${index}.value`] = 'value';
    if (rule.share < everybody && 'name' in rule.unit && rule.unit.name.trim() === '')
      faults[`rules.${index}.unit`] = 'required';
  }
  return faults;
}

/**
 * @param conditions of the rules, in order, as read from their texts
 * @param saltBase what a new portion's salt begins with
 */
export function toFlag(
  fields: FlagFields,
  conditions: readonly (Flag['rules'][number]['when'] | null)[],
  saltBase: string,
): Flag {
  const name = fields.name.trim();
  return {
    name,
    isEnabled: fields.isEnabled,
    value: readValue(fields.type, fields.value) ?? '',
    rules: fields.rules.map(({ share, unit, salt, value }, index) => {
      const when = conditions[index];
      return {
        ...(when ? { when } : {}),
        ...(share < everybody ? { portion: { unit, share, salt: salt ?? `${saltBase}/${name}`.slice(0, 128) } } : {}),
        value: readValue(fields.type, value) ?? '',
      };
    }),
  };
}
