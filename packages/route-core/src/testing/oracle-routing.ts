import { createHash } from 'node:crypto';
import { normalizePath } from '../conditions/index.ts';
import { murmurHash3 } from '../murmur-hash3.ts';
import type {
  BucketRange,
  Condition,
  ExperimentRecord,
  FlagRecord,
  LaneRecord,
  Operand,
  PortionRecord,
  RuleRecord,
  RuleSetRecord,
  Scalar,
  UnitRecord,
} from '../routing-records.ts';

/** One question put to the plain model, with its draws and its clock. */
export interface Asked {
  readonly tenantId: string;
  readonly metadata: {
    readonly [name: string]: unknown;
    readonly headers?: Record<string, string>;
    readonly attributes?: Record<string, unknown>;
    readonly path?: string;
    readonly method?: string;
  };
  readonly random: () => number;
  readonly now: number;
}

export const bucketIn = (salt: string, unit: string): number => murmurHash3(`${salt}:${unit}`) % 10_000;

export const ownerOf = <T extends { readonly ranges: readonly BucketRange[] }>(shares: readonly T[], bucket: number) =>
  shares.find(({ ranges }) => ranges.some(([from, to]) => from <= bucket && bucket < to));

function read(operand: Operand, { tenantId, metadata }: Asked): string | undefined {
  switch (operand.from) {
    case 'header':
      return Object.entries(metadata.headers ?? {}).find(
        ([name]) => name.toLowerCase() === operand.name.toLowerCase(),
      )?.[1];
    case 'attribute':
      return metadata.attributes?.[operand.name] as string | undefined;
    case 'user':
      return (metadata.userId as string | undefined) || undefined;
    case 'tenant':
      return tenantId;
    default:
      throw new Error(`the model does not know ${operand.from}`);
  }
}

export function unitOf(unit: UnitRecord, asked: Asked): string {
  if (unit.by === 'session' || unit.by === 'token' || unit.by === 'cookie') throw new Error('not in the model');
  return read('name' in unit ? { from: unit.by, name: unit.name } : { from: unit.by }, asked) ?? '';
}

const isIn = ({ unit, share, salt }: PortionRecord, asked: Asked): boolean => {
  const own = unitOf(unit, asked);
  return own !== '' && bucketIn(salt, own) < share;
};

export function isTrue(condition: Condition, asked: Asked): boolean {
  switch (condition.op) {
    case 'all':
      return condition.of.every((part) => isTrue(part, asked));
    case 'any':
      return condition.of.some((part) => isTrue(part, asked));
    case 'not':
      return !isTrue(condition.of, asked);
    case 'equals':
      return read(condition.operand, asked) === condition.value;
    case 'in':
      return condition.values.includes(read(condition.operand, asked)!);
    case 'exists':
      return read(condition.operand, asked) !== undefined;
    case 'percentage':
      return isIn(condition.portion, asked);
    case 'random':
      return asked.random() < condition.below;
    default:
      throw new Error(`the model does not know ${condition.op}`);
  }
}

const countOf = (condition: Condition): number => {
  if (condition.op === 'not') return countOf(condition.of);
  return condition.op === 'all' || condition.op === 'any'
    ? condition.of.reduce((sum, part) => sum + countOf(part), 0)
    : 1;
};

/** Sorted by what the records say: path, priority, how much is asked, place in the list. */
function precedence(rule: RuleRecord): number[] {
  const type = ['exact', 'prefix', 'regex', undefined].indexOf(rule.path?.type);
  const length = rule.path?.type === 'prefix' ? rule.path.value.length : 0;
  const isRestricted = rule.methods !== undefined && !rule.methods.includes('*');
  const count = (rule.when === undefined ? 0 : countOf(rule.when)) + (isRestricted ? 1 : 0);
  return [type, -length, -rule.priority, -count];
}

function hasPath(rule: RuleRecord, path: string | undefined): boolean {
  if (rule.path === undefined) return true;
  if (path === undefined) return false;
  const { type, value } = rule.path;
  return type === 'exact'
    ? path === value
    : type === 'prefix'
      ? path.startsWith(value)
      : new RegExp(`^(?:${value})$`, 's').test(path);
}

/** Rules in the order in which they are asked whose path, method and condition fit; lazily, as conditions draw. */
export function* matching(set: RuleSetRecord | undefined, asked: Asked): Generator<RuleRecord> {
  const sent = asked.metadata.path?.split(/[?#]/)[0];
  const path = sent !== undefined && set?.normalizePath ? normalizePath(sent) : sent;
  const sorted = (set?.rules ?? [])
    .map((rule) => ({ rule, key: precedence(rule) }))
    .sort((x, y) => x.key.map((part, i) => part - y.key[i]!).find((difference) => difference !== 0) ?? 0);
  for (const { rule } of sorted) {
    if (!rule.isEnabled || !hasPath(rule, path)) continue;
    const isMethod =
      !rule.methods || rule.methods.includes('*') || rule.methods.includes(asked.metadata.method?.toUpperCase() ?? '');
    if (isMethod && (rule.when === undefined || isTrue(rule.when, asked))) yield rule;
  }
}

export function mayEnter(lane: LaneRecord, serviceId: string, asked: Asked): boolean {
  if (!lane.entry || (lane.mode === 'strict' && !lane.versions.some((v) => v.serviceId === serviceId))) return false;
  const { when, portion } = lane.entry;
  return (when === undefined || isTrue(when, asked)) && (portion === undefined || isIn(portion, asked));
}

export function variantOf(experiment: ExperimentRecord, asked: Asked) {
  const { id, group, salt, startAt = -1, endAt = Number.MAX_VALUE, when } = experiment;
  if (!experiment.isRunning || asked.now < startAt || asked.now >= endAt) return null;
  if (when !== undefined && !isTrue(when, asked)) return null;
  const unit = unitOf(experiment.unit, asked) || (experiment.whenMissing === 'tenant' ? asked.tenantId : '');
  if (unit === '' || (group && !ownerOf([group], bucketIn(group.name, unit)))) return null;
  const isMd5 = experiment.hashing === 'md5_java';
  const bucket = isMd5 ? null : bucketIn(salt, unit);
  const variant =
    bucket === null ? experiment.variants[javaParity(asked.tenantId + id)] : ownerOf(experiment.variants, bucket);
  return variant === undefined ? null : { variant, bucket };
}

function javaParity(text: string): number {
  const hex = createHash('md5').update(text, 'utf8').digest('hex');
  let hash = 0n;
  for (const digit of hex) hash = BigInt.asIntN(32, hash * 31n + BigInt(digit.charCodeAt(0)));
  return hash % 2n === 0n ? 0 : 1;
}

export function flagsOf(flags: readonly FlagRecord[] | undefined, asked: Asked): Record<string, Scalar> | null {
  if (flags === undefined || flags.length === 0) return null;
  return Object.fromEntries(
    flags.map((flag) => {
      const rule = (flag.isEnabled ? flag.rules : []).find(
        ({ when, portion }) =>
          (when === undefined || isTrue(when, asked)) && (portion === undefined || isIn(portion, asked)),
      );
      return [flag.name, rule?.value ?? flag.value];
    }),
  );
}
