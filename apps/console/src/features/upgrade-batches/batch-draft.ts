import type {
  BatchWaveInput,
  PlanUpgradeBatch,
  PlanUpgradeBatchOrder,
  UpgradeKind,
  UpgradeOptions,
} from '../../api/generated/model/index.ts';
import { splitTenantIds } from '../access/split-tenant-ids.ts';
import { usualOptions } from '../upgrades/start-wish.ts';

export const waveKinds = ['percent', 'tag', 'ring', 'tenants', 'rest'] as const;
export type WaveKind = (typeof waveKinds)[number];
export const scopeKinds = ['all', 'tag', 'tenants'] as const;
export type ScopeKind = (typeof scopeKinds)[number];

/** A wave as it stands in the form; `''` is an empty field. */
export interface WaveDraft {
  readonly key: number;
  readonly kind: WaveKind;
  readonly percent: number | '';
  /** The tag, the ring, or ids of tenants. */
  readonly text: string;
  readonly name: string;
  readonly soakMinutes: number | '';
  readonly maxSize: number | '';
}

export interface BatchDraft {
  readonly kind: UpgradeKind;
  readonly serviceId: string;
  readonly fromVersion: string;
  readonly toVersion: string;
  readonly scope: ScopeKind;
  readonly scopeText: string;
  readonly waves: readonly WaveDraft[];
  readonly order: PlanUpgradeBatchOrder;
  readonly concurrency: number | '';
  readonly budgetCount: number | '';
  readonly budgetPercent: number | '';
  readonly options: UpgradeOptions;
}

let nextKey = 1;
export function newWave(wave: Partial<WaveDraft> = {}): WaveDraft {
  return { kind: 'rest', percent: '', text: '', name: '', soakMinutes: 0, maxSize: '', ...wave, key: nextKey++ };
}

export const presets = ['careful', 'halves', 'rings', 'once'] as const;
export type Preset = (typeof presets)[number];
/** Few first, then more, with time to look in between. */
export function wavesOf(preset: Preset): WaveDraft[] {
  const percent = (share: number, soakMinutes: number) => newWave({ kind: 'percent', percent: share, soakMinutes });
  if (preset === 'careful') return [percent(1, 30), percent(10, 30), percent(50, 60), newWave()];
  if (preset === 'halves') return [percent(5, 30), percent(50, 60), newWave()];
  if (preset === 'rings')
    return [
      newWave({ kind: 'ring', text: 'ring0', soakMinutes: 30 }),
      newWave({ kind: 'ring', text: 'ring1', soakMinutes: 60 }),
      newWave(),
    ];
  return [newWave()];
}

export const emptyDraft = (): BatchDraft => ({
  kind: 'service',
  serviceId: '',
  fromVersion: '',
  toVersion: '',
  scope: 'all',
  scopeText: '',
  waves: wavesOf('careful'),
  order: 'id',
  concurrency: 5,
  budgetCount: 0,
  budgetPercent: '',
  options: usualOptions,
});

export type DraftFault = 'service' | 'version' | 'scope' | 'waves' | 'wave' | 'concurrency';
const nameShape = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export function isWaveWhole({ kind, percent, text }: WaveDraft): boolean {
  if (kind === 'rest') return true;
  if (kind === 'percent') return percent !== '' && percent > 0 && percent <= 100;
  return kind === 'tenants' ? splitTenantIds(text).length > 0 : nameShape.test(text.trim());
}

/** What is missing before a plan can be asked for. */
export function faultsOf(draft: BatchDraft): DraftFault[] {
  const { serviceId, toVersion, scope, scopeText, waves, concurrency } = draft;
  const isScoped =
    scope === 'all' || (scope === 'tag' ? nameShape.test(scopeText.trim()) : splitTenantIds(scopeText).length > 0);
  return [
    ...(serviceId ? [] : ['service' as const]),
    ...(toVersion ? [] : ['version' as const]),
    ...(isScoped ? [] : ['scope' as const]),
    ...(waves.length > 0 ? [] : ['waves' as const]),
    ...(waves.every(isWaveWhole) ? [] : ['wave' as const]),
    ...(concurrency === '' ? ['concurrency' as const] : []),
  ];
}

/** What the API is asked; only of a draft without faults. */
export function requestOf(draft: BatchDraft): PlanUpgradeBatch {
  const { kind, serviceId, fromVersion, toVersion, scope, scopeText, order, concurrency, options } = draft;
  return {
    kind,
    serviceId,
    ...(fromVersion ? { fromVersion } : {}),
    toVersion,
    scope:
      scope === 'all'
        ? { kind: 'all' }
        : scope === 'tag'
          ? { kind: 'tag', tag: scopeText.trim() }
          : { kind: 'tenants', tenantIds: splitTenantIds(scopeText) },
    waves: draft.waves.map(waveInputOf),
    order,
    concurrency: concurrency === '' ? 5 : concurrency,
    failureBudget: budgetOf(draft),
    options,
  };
}

function waveInputOf({ kind, percent, text, name, soakMinutes, maxSize }: WaveDraft): BatchWaveInput {
  const select: BatchWaveInput['select'] =
    kind === 'rest'
      ? { kind }
      : kind === 'percent'
        ? { kind, percent: percent === '' ? 0 : percent }
        : kind === 'tenants'
          ? { kind, tenantIds: splitTenantIds(text) }
          : kind === 'tag'
            ? { kind, tag: text.trim() }
            : { kind, ring: text.trim() };
  return {
    select,
    soakSeconds: Math.round((soakMinutes === '' ? 0 : soakMinutes) * 60),
    ...(name.trim() ? { name: name.trim() } : {}),
    ...(maxSize === '' ? {} : { maxSize }),
  };
}

/** Both empty: no failure is forgiven. */
function budgetOf({ budgetCount, budgetPercent }: BatchDraft): { count?: number; percent?: number } {
  if (budgetCount === '' && budgetPercent === '') return { count: 0 };
  return {
    ...(budgetCount === '' ? {} : { count: budgetCount }),
    ...(budgetPercent === '' ? {} : { percent: budgetPercent }),
  };
}
