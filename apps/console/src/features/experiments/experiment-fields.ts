import type {
  CreateExperiment,
  Experiment,
  ExperimentGroup,
  Unit,
  UpdateExperiment,
} from '../../api/generated/model/index.ts';

export interface VariantFields {
  readonly name: string;
  readonly version: string;
  /** Basis points. */
  readonly weight: number;
}

/** The form as the operator fills it; times as `datetime-local` shows them, in UTC. */
export interface ExperimentFields {
  readonly id: string;
  readonly name: string;
  readonly unit: Unit;
  readonly whenMissing: 'skip' | 'tenant';
  readonly hashing: 'murmur3' | 'md5_java';
  readonly variants: readonly VariantFields[];
  readonly when: string;
  readonly startAt: string;
  readonly endAt: string;
  readonly groupName: string;
  /** Basis points. */
  readonly groupShare: number;
  readonly reason: string;
}

export const everybody = 10_000;

export function fieldsOf(
  experiment: Experiment | undefined,
  when: string,
  versions: readonly string[],
): ExperimentFields {
  return {
    id: experiment?.id ?? '',
    name: experiment?.name ?? '',
    unit: experiment?.unit ?? { by: 'user' },
    whenMissing: experiment?.whenMissing ?? 'skip',
    hashing: experiment?.hashing ?? 'murmur3',
    variants: experiment?.variants.map(({ name, version, weight }) => ({ name, version, weight })) ?? [
      { name: 'control', version: versions[0] ?? '', weight: 5_000 },
      { name: 'treatment', version: versions[1] ?? '', weight: 5_000 },
    ],
    when,
    startAt: toUtcInput(experiment?.startAt),
    endAt: toUtcInput(experiment?.endAt),
    groupName: experiment?.group?.name ?? '',
    groupShare: experiment?.group?.share ?? everybody,
    reason: '',
  };
}

export type FieldFault = 'required' | 'name' | 'twice' | 'order' | 'share' | 'groupFull' | 'md5';
export type FieldFaults = Readonly<Record<string, FieldFault>>;

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** What has to be put right before the API is asked, by field; variants as `variants.0.name`. */
export function checkFields(fields: ExperimentFields, free: number): FieldFaults {
  const faults: Record<string, FieldFault> = {};
  if (!namePattern.test(fields.id.trim())) faults['id'] = fields.id.trim() === '' ? 'required' : 'name';
  if ('name' in fields.unit && fields.unit.name.trim() === '') faults['unit'] = 'required';
  const names = new Set<string>();
  for (const [index, { name, version }] of fields.variants.entries()) {
    if (!namePattern.test(name)) faults[`variants.${index}.name`] = name === '' ? 'required' : 'name';
    else if (names.has(name)) faults[`variants.${index}.name`] = 'twice';
    names.add(name);
    if (version === '') faults[`variants.${index}.version`] = 'required';
  }
  if (missingWeight(fields.variants) !== 0) faults['variants'] = 'share';
  if (fields.startAt && fields.endAt && fields.startAt >= fields.endAt) faults['endAt'] = 'order';
  const group = fields.groupName.trim();
  if (group !== '' && !namePattern.test(group)) faults['groupName'] = 'name';
  if (group !== '' && fields.groupShare > free) faults['groupShare'] = 'groupFull';
  if (fields.hashing === 'md5_java' && (fields.variants.length !== 2 || fields.unit.by !== 'tenant'))
    faults['hashing'] = 'md5';
  return faults;
}

/** Basis points that are missing (positive) or too many (negative). */
export function missingWeight(variants: readonly VariantFields[]): number {
  return everybody - variants.reduce((sum, { weight }) => sum + weight, 0);
}

/** Basis points of a group that no other experiment of the service has. */
export function freeOfGroup(experiments: readonly Experiment[], group: string, exceptId: string): number {
  return experiments
    .filter((one) => one.group?.name === group && one.id !== exceptId)
    .reduce((free, one) => free - (one.group?.share ?? 0), everybody);
}

type Shared = Pick<UpdateExperiment, 'variants' | 'when' | 'startAt' | 'endAt' | 'group' | 'reason'>;

function shared(fields: ExperimentFields, when: NonNullable<Experiment['when']> | null): Shared {
  const reason = fields.reason.trim();
  return {
    variants: fields.variants.map((variant) => ({ ...variant })),
    when,
    startAt: fromUtcInput(fields.startAt),
    endAt: fromUtcInput(fields.endAt),
    group: groupOf(fields),
    ...(reason ? { reason } : {}),
  };
}

function groupOf({ groupName, groupShare }: ExperimentFields): ExperimentGroup | null {
  return groupName.trim() === '' ? null : { name: groupName.trim(), share: groupShare };
}

export function toCreate(fields: ExperimentFields, when: Experiment['when']): CreateExperiment {
  const { unit, whenMissing, hashing } = fields;
  const name = fields.name.trim();
  return {
    id: fields.id.trim(),
    ...(name ? { name } : {}),
    unit,
    whenMissing,
    hashing,
    ...shared(fields, when),
    variants: fields.variants.map((variant) => ({ ...variant })),
  };
}

/** Unit, salt and hashing stay: with others, everybody would be dealt out anew. */
export function toUpdate(fields: ExperimentFields, when: Experiment['when']): UpdateExperiment {
  return { name: fields.name.trim() || fields.id, ...shared(fields, when) };
}

function toUtcInput(iso: string | null | undefined): string {
  return iso ? new Date(iso).toISOString().slice(0, 16) : '';
}

function fromUtcInput(text: string): string | null {
  return text === '' ? null : new Date(`${text}Z`).toISOString();
}
