import { compileRegex } from '../conditions/index.ts';
import { parseVersionRange } from '../conditions/match-versions.ts';
import { GREATEST_DIVISOR } from '../conditions/read-number.ts';
import { literalStart } from '../rules/literal-start.ts';
import { isSameLeaf, type Leaf, subjectOf } from './leaf.ts';
import { areAllFalse, areAllTrue, listValues } from './leaf-values.ts';
import { areApart, isWithin, readNetworks } from './network-relations.ts';
import { readBounds } from './number-bounds.ts';
import { onceForEach } from './once-for-each.ts';
import { isTimeAlways, isTimeApart, isTimeNever, isTimeWithin } from './time-relations.ts';

/** Whether no request makes the leaf true. */
export const isNever = onceForEach((leaf: Leaf): boolean => {
  const values = listValues(leaf);
  if (values !== null) return values.exact.length === 0 && values.numbers.length === 0;
  switch (leaf.op) {
    case 'matches':
    case 'whole_path':
      return !compileRegex(leaf.pattern).ok;
    case 'semver':
      return parseVersionRange(leaf.range) === null;
    case 'cidr':
      return readNetworks(leaf.networks).length === 0;
    case 'modulo': {
      const { divisor, below } = leaf;
      return !Number.isSafeInteger(divisor) || divisor < 1 || divisor > GREATEST_DIVISOR || below <= 0;
    }
    case 'time':
      return isTimeNever(leaf);
    case 'percentage':
      return leaf.portion.share <= 0;
    case 'random':
      return leaf.below <= 0;
    default:
      return false;
  }
});

/** Whether every request makes the leaf true. */
export function isAlways(leaf: Leaf): boolean {
  return leaf.op === 'random' ? leaf.below >= 1 : leaf.op === 'time' && isTimeAlways(leaf);
}

/** Whether whatever makes the first true makes the second true. false = it cannot be shown. */
export function isImplied(by: Leaf, leaf: Leaf): boolean {
  if (isSameLeaf(by, leaf)) return true;
  if (by.op === 'time' && leaf.op === 'time') return isTimeWithin(by, leaf);
  if (by.op === 'percentage' && leaf.op === 'percentage') return isPortionWithin(by, leaf);
  const subject = subjectOf(by);
  if (subject === null || subject !== subjectOf(leaf)) return false;
  // Nothing is true of a value that is missing.
  if (leaf.op === 'exists') return true;
  const values = listValues(by);
  if (values !== null) return areAllTrue(values, leaf);
  const bounds = readBounds(by);
  if (bounds !== null) {
    const outer = readBounds(leaf);
    return outer !== null && bounds.isWithin(outer);
  }
  return isTextImplied(by, leaf);
}

/** Whether no request makes both true. false = it cannot be shown. */
export function areDisjoint(x: Leaf, y: Leaf): boolean {
  if (x.op === 'time' && y.op === 'time') return isTimeApart(x, y);
  const subject = subjectOf(x);
  if (subject === null || subject !== subjectOf(y)) return false;
  const ofX = listValues(x);
  if (ofX !== null && areAllFalse(ofX, y)) return true;
  const ofY = listValues(y);
  if (ofY !== null && areAllFalse(ofY, x)) return true;
  const [boundsX, boundsY] = [readBounds(x), readBounds(y)];
  if (boundsX !== null && boundsY !== null) return boundsX.isApart(boundsY);
  return areTextsDisjoint(x, y);
}

function isPortionWithin(by: Leaf & { op: 'percentage' }, leaf: Leaf & { op: 'percentage' }): boolean {
  const [inner, outer] = [by.portion, leaf.portion];
  const nameOf = (unit: object): string => ('name' in unit ? String(unit.name) : '');
  return (
    inner.salt === outer.salt &&
    inner.unit.by === outer.unit.by &&
    nameOf(inner.unit) === nameOf(outer.unit) &&
    inner.share <= outer.share
  );
}

function isTextImplied(by: Leaf, leaf: Leaf): boolean {
  if (by.op === 'cidr' && leaf.op === 'cidr') return isWithin(readNetworks(by.networks), readNetworks(leaf.networks));
  if (by.op === 'modulo' && leaf.op === 'modulo') return by.divisor === leaf.divisor && by.below <= leaf.below;
  if (by.op === 'ends_with' && leaf.op === 'ends_with') return by.value.endsWith(leaf.value);
  const start = startOf(by);
  if (leaf.op === 'starts_with') return start?.startsWith(leaf.value) ?? false;
  if (leaf.op !== 'contains') return false;
  const part = by.op === 'contains' || by.op === 'ends_with' ? by.value : start;
  return part?.includes(leaf.value) ?? false;
}

function areTextsDisjoint(x: Leaf, y: Leaf): boolean {
  if (x.op === 'cidr' && y.op === 'cidr') return areApart(readNetworks(x.networks), readNetworks(y.networks));
  if (x.op === 'ends_with' && y.op === 'ends_with') return !x.value.endsWith(y.value) && !y.value.endsWith(x.value);
  const [startX, startY] = [startOf(x), startOf(y)];
  return startX !== null && startY !== null && !startX.startsWith(startY) && !startY.startsWith(startX);
}

/** The text that every value begins with which makes the leaf true; null where the leaf does not say. */
function startOf(leaf: Leaf): string | null {
  if (leaf.op === 'starts_with') return leaf.value;
  return leaf.op === 'whole_path' ? literalStart(leaf.pattern) : null;
}
