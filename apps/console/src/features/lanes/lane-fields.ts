import type { Lane, Portion, PutLane, Unit } from '../../api/generated/model/index.ts';

export interface LaneVersionFields {
  readonly serviceId: string;
  readonly version: string;
}

/** The form of a lane. A portion of everybody (10 000) is no portion. */
export interface LaneFields {
  readonly tag: string;
  readonly name: string;
  readonly mode: 'strict' | 'permissive';
  readonly versions: readonly LaneVersionFields[];
  /** Whether somebody enters without a tag. */
  readonly hasEntry: boolean;
  readonly when: string;
  readonly share: number;
  readonly unit: Unit;
  readonly reason: string;
}

export const everybody = 10_000;

export function fieldsOf(lane: Lane | undefined, when: string): LaneFields {
  return {
    tag: lane?.tag ?? '',
    name: lane?.name ?? '',
    mode: lane?.mode ?? 'permissive',
    versions: lane?.versions.map((one) => ({ ...one })) ?? [{ serviceId: '', version: '' }],
    hasEntry: lane?.entry != null,
    when,
    share: lane?.entry?.portion?.share ?? everybody,
    unit: lane?.entry?.portion?.unit ?? { by: 'user' },
    reason: '',
  };
}

export type LaneFault = 'required' | 'name' | 'taken' | 'twice' | 'everybody';

/** What has to be put right before the API is asked, by field; versions as `versions.0.serviceId`. `taken`: tags of other lanes. */
export function checkFields(fields: LaneFields, taken: readonly string[]): Readonly<Record<string, LaneFault>> {
  const faults: Record<string, LaneFault> = {};
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(fields.tag.trim()))
    faults['tag'] = fields.tag.trim() === '' ? 'required' : 'name';
  // The API replaces a lane of the same tag: a new one must not.
  if (taken.includes(fields.tag.trim())) faults['tag'] = 'taken';
  const seen = new Set<string>();
  for (const [index, { serviceId, version }] of fields.versions.entries()) {
    if (serviceId === '') faults[`versions.${index}.serviceId`] = 'required';
    else if (seen.has(serviceId)) faults[`versions.${index}.serviceId`] = 'twice';
    seen.add(serviceId);
    if (version === '') faults[`versions.${index}.version`] = 'required';
  }
  if (fields.hasEntry && 'name' in fields.unit && fields.unit.name.trim() === '') faults['unit'] = 'required';
  // An entry without condition and portion takes everybody of every service: never meant, or meant as a default.
  if (fields.hasEntry && fields.when.trim() === '' && fields.share >= everybody) faults['entry'] = 'everybody';
  return faults;
}

/** @param before keeps its salt, so that an edit does not deal everybody out anew */
export function toPut(
  fields: LaneFields,
  when: NonNullable<Lane['entry']>['when'] | null,
  before: Lane | undefined,
): PutLane {
  const name = fields.name.trim();
  const reason = fields.reason.trim();
  const portion: Portion | null =
    fields.share >= everybody
      ? null
      : {
          unit: fields.unit,
          share: fields.share,
          salt: before?.entry?.portion?.salt ?? `lane/${fields.tag.trim()}`,
        };
  return {
    ...(name ? { name } : {}),
    mode: fields.mode,
    versions: fields.versions.map((one) => ({ ...one })),
    entry: fields.hasEntry ? { ...(when ? { when } : {}), ...(portion ? { portion } : {}) } : null,
    ...(reason ? { reason } : {}),
  };
}
