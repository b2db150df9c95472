import type { UpgradeOptions } from '@grey/contracts';

/** What the hook said last; `silentSince` (ISO 8601) while it says nothing that can be read. */
export interface HookState {
  readonly askedAt: string;
  readonly verdict: 'pass' | 'wait' | 'fail' | null;
  readonly detail: string | null;
  readonly silentSince: string | null;
}

export interface SoakFacts {
  readonly options: Pick<UpgradeOptions, 'soakSeconds' | 'gates'>;
  readonly startedAt: Date;
  readonly now: Date;
  readonly decisionCount: number;
  readonly failedCount: number;
  /** null: none was asked yet, or there is none. */
  readonly hook: HookState | null;
}

export type SoakVerdict =
  | { readonly kind: 'pass'; readonly detail: string }
  | { readonly kind: 'fail'; readonly code: string; readonly detail: string }
  /** `until`: when there is something new to see. */
  | { readonly kind: 'wait'; readonly until: Date; readonly detail: string };

/** A hook that says nothing for so long has failed, in milliseconds. */
export const HOOK_SILENCE_MS = 600_000;
/** How a soak begins that ended without a proof. */
export const NOTHING_PROVEN = 'Warning: nothing was proven,';
/** How often it is looked whether enough decisions came, once the time is up, in milliseconds. */
const LOOK_MS = 5_000;

/** Whether the new version has proven itself. Failures end it at once, success only when the time is up. Pure. */
export function judgeSoak(facts: SoakFacts): SoakVerdict {
  const { options, startedAt, now, decisionCount, failedCount, hook } = facts;
  const { maxFailedShare, minDecisions, hookUrl, hookSeconds } = options.gates;
  const seen = decisionCount === 0 ? 'No decision was seen' : `${failedCount} of ${decisionCount} decisions failed`;
  if (failedCount > 0 && decisionCount >= minDecisions && failedCount > maxFailedShare * decisionCount)
    return { kind: 'fail', code: 'GATE_FAILED', detail: `${seen}; the gate allows ${percent(maxFailedShare)}.` };
  if (hookUrl !== undefined && hook !== null) {
    if (hook.verdict === 'fail')
      return { kind: 'fail', code: 'GATE_HOOK_FAILED', detail: `The hook said fail${said(hook)}.` };
    if (hook.silentSince !== null && now.getTime() - Date.parse(hook.silentSince) >= HOOK_SILENCE_MS)
      return {
        kind: 'fail',
        code: 'GATE_HOOK_SILENT',
        detail: `The hook has not answered since ${hook.silentSince}${said(hook)}.`,
      };
  }
  const end = startedAt.getTime() + options.soakSeconds * 1_000;
  const isUp = now.getTime() >= end;
  const wishes = [
    ...(isUp ? [] : [`until ${new Date(end).toISOString()}`]),
    ...(decisionCount >= minDecisions ? [] : [`for ${minDecisions} decisions`]),
    ...(hookUrl === undefined || hook?.verdict === 'pass' ? [] : [hookWish(hook)]),
  ];
  if (wishes.length === 0) return { kind: 'pass', detail: decisionCount === 0 ? unproven(options, hook) : `${seen}.` };
  const looks = [
    ...(isUp ? [] : [end]),
    ...(isUp && decisionCount < minDecisions ? [now.getTime() + LOOK_MS] : []),
    ...(hookUrl === undefined ? [] : [nextAsk(hook, hookSeconds, now)]),
  ];
  return { kind: 'wait', until: new Date(Math.min(...looks)), detail: `${seen}; soaks ${wishes.join(' and ')}.` };
}

/**
 * Why a soak may end without a proof: it passes, as who has no traffic at night must get on too, and says what it is worth.
 * undefined: something has to be seen first. Pure.
 */
export function unprovenBy({ soakSeconds, gates }: SoakFacts['options']): string | undefined {
  if (gates.minDecisions > 0 || gates.hookUrl !== undefined) return undefined;
  const how = soakSeconds === 0 ? 'There is no time to soak' : 'The soak passes without a single decision';
  return `${how}, and no hook is asked: the new version may have proven nothing when it ends.`;
}

function unproven({ gates }: SoakFacts['options'], hook: HookState | null): string {
  if (gates.hookUrl !== undefined && hook !== null)
    return `No decision was seen; the hook alone said pass${said(hook)}.`;
  return `${NOTHING_PROVEN} not a single decision of the tenant was seen during the soak.`;
}

/** Whether the hook is to be asked now. */
export function isHookDue({ options, now, hook }: Pick<SoakFacts, 'options' | 'now' | 'hook'>): boolean {
  const { hookUrl, hookSeconds } = options.gates;
  return hookUrl !== undefined && nextAsk(hook, hookSeconds, now) <= now.getTime();
}

function nextAsk(hook: HookState | null, hookSeconds: number, now: Date): number {
  return hook === null ? now.getTime() : Date.parse(hook.askedAt) + hookSeconds * 1_000;
}

function hookWish(hook: HookState | null): string {
  if (hook === null) return 'for the hook';
  if (hook.silentSince === null) return `for the hook${said(hook)}`;
  const failsAt = new Date(Date.parse(hook.silentSince) + HOOK_SILENCE_MS).toISOString();
  return `for the hook, which has not answered since ${hook.silentSince}${said(hook)} and fails the upgrade at ${failsAt}`;
}

function said({ detail }: HookState): string {
  return detail === null ? '' : ` (${detail})`;
}

function percent(share: number): string {
  return `${Math.round(share * 10_000) / 100} %`;
}
