import { isSeenAlike, type Registration } from './registration.ts';

/** An instance that is missing, or said to be ill, is looked for again after so long before it may go; only then, if it is dead. */
export const SECOND_LOOK_MS = 1_000;
/** An instance that still accepts connections stays until a look so much later says the same. */
export const CONFIRM_MS = 30_000;
/** When more than this share of the living vanishes at once, the registry is doubted. */
const DOUBTFUL_SHARE = 0.5;

/** Since when each instance has been in doubt: instance id → ms since 1970. */
export type Doubts = ReadonlyMap<string, number>;

/** One look at one service of a foreign registry. All registrations are of that registry. */
export interface Look {
  readonly now: number;
  /** What has been believed so far. */
  readonly believed: readonly Registration[];
  /** What the registry lists now. */
  readonly listed: readonly Registration[];
  readonly doubts: Doubts;
  /** Ids of the lost that accept a TCP connection; undefined when they have not been asked. */
  readonly reachable?: ReadonlySet<string>;
}

/** What to do. `lookAgainInMs`: when the registry must be asked once more; undefined when the usual interval will do. */
export type Verdict =
  | { readonly kind: 'ask'; readonly lost: readonly Registration[] }
  | {
      readonly kind: 'write';
      readonly instances: readonly Registration[];
      readonly doubts: Doubts;
      readonly isChanged: boolean;
      readonly lookAgainInMs: number | undefined;
    };

/**
 * What to believe of a list. A registry that has just been restarted, or cut off from its own clients, lists nothing or
 * calls everybody ill; believed at once, it would empty a live service. So when more than half of the living are lost,
 * those that refuse a connection go after a second look, and those that accept one only after a look 30 s later. A loss
 * of up to half is everyday life and takes effect at once, as does the switch of the registry's operator.
 */
export function decideSync(look: Look): Verdict {
  const { believed, listed, doubts, now } = look;
  const listedById = new Map(listed.map((one) => [one.request.instanceId, one]));
  const living = believed.filter(isLiving);
  const lost = living.filter((one) => {
    const told = listedById.get(one.request.instanceId);
    return told === undefined || (told.isEnabled && told.reported === 'unhealthy');
  });
  const isDoubtful =
    lost.length > living.length * DOUBTFUL_SHARE || lost.some((one) => doubts.has(one.request.instanceId));
  if (!isDoubtful) return write(look, listed, new Map(), undefined);
  if (look.reachable === undefined) return { kind: 'ask', lost };
  const kept = new Map<string, Registration>();
  const stillInDoubt = new Map<string, number>();
  let lookAgainInMs = CONFIRM_MS;
  for (const one of lost) {
    const { instanceId } = one.request;
    const since = doubts.get(instanceId) ?? now;
    const waitMs = look.reachable.has(instanceId) ? CONFIRM_MS : SECOND_LOOK_MS;
    if (now - since >= waitMs) continue;
    kept.set(instanceId, one);
    stillInDoubt.set(instanceId, since);
    lookAgainInMs = Math.min(lookAgainInMs, since + waitMs - now);
  }
  const others = listed.filter((one) => !kept.has(one.request.instanceId));
  const instances = [...others, ...kept.values()];
  return write(look, instances, stillInDoubt, stillInDoubt.size === 0 ? undefined : lookAgainInMs);
}

function isLiving(one: Registration): boolean {
  return one.isEnabled && one.reported !== 'unhealthy';
}

/** What our own checks found is ours and stays, as long as the instance is where it was. */
function write(
  { believed }: Look,
  instances: readonly Registration[],
  doubts: Doubts,
  lookAgainInMs: number | undefined,
): Verdict {
  const before = new Map(believed.map((one) => [one.request.instanceId, one]));
  let isChanged = before.size !== instances.length;
  const merged = instances.map((one) => {
    const known = before.get(one.request.instanceId);
    if (known === undefined) {
      isChanged = true;
      return one;
    }
    const isMoved = known.request.address !== one.request.address;
    const { registeredAt, checked, checkDetail, lastCheckedAt } = known;
    const next = { ...one, registeredAt, ...(isMoved ? {} : { checked, checkDetail, lastCheckedAt }) };
    isChanged ||= !isSeenAlike(known, next);
    return next;
  });
  return { kind: 'write', instances: merged, doubts, isChanged, lookAgainInMs };
}
