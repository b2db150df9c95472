import type { GuardedState } from './guarded-state.ts';
import type { Breach } from './judge-requirements.ts';

const SHOWN = 5;

/** What an operator can do about two versions that do not fit. */
export function mendOfBreach(
  { serviceId, version, otherId, otherVersion }: Breach,
  { matrix, labels }: Pick<GuardedState, 'matrix' | 'labels'>,
): string {
  const others = (labels.get(otherId) ?? []).filter((one) => matrix.breach(serviceId, version, otherId, one) === null);
  const own = (labels.get(serviceId) ?? []).filter(
    (one) => one !== version && matrix.breach(serviceId, one, otherId, otherVersion) === null,
  );
  const ways = [
    ...(others.length === 0 ? [] : [`move ${otherId} to ${listed(others)}, before or in the same change`]),
    ...(own.length === 0 ? [] : [`choose ${serviceId} ${listed(own)}`]),
  ];
  if (ways.length === 0) return `No version of ${otherId} fits ${serviceId} ${version}: mend what they require.`;
  const [first = '', ...rest] = ways;
  return `${first[0]?.toUpperCase()}${[first.slice(1), ...rest].join('; or ')}.`;
}

/** The newest of the versions. */
function listed(versions: readonly string[]): string {
  const newest = versions.slice(-SHOWN).reverse();
  return `${newest.join(' or ')}${versions.length > SHOWN ? ' or an older one' : ''}`;
}
