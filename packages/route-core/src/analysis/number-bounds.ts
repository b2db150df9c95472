import type { Leaf } from './leaf.ts';
import { onceForEach } from './once-for-each.ts';

/** The numbers between two ends, each of which belongs to them or not. */
export class NumberBounds {
  readonly low: number;
  readonly high: number;
  readonly hasLow: boolean;
  readonly hasHigh: boolean;

  constructor(low: number, hasLow: boolean, high: number, hasHigh: boolean) {
    this.low = low;
    this.hasLow = hasLow;
    this.high = high;
    this.hasHigh = hasHigh;
  }

  isWithin(outer: NumberBounds): boolean {
    return (
      (this.low > outer.low || (this.low === outer.low && (outer.hasLow || !this.hasLow))) &&
      (this.high < outer.high || (this.high === outer.high && (outer.hasHigh || !this.hasHigh)))
    );
  }

  isApart(other: NumberBounds): boolean {
    return isBelow(this, other) || isBelow(other, this);
  }
}

function isBelow(x: NumberBounds, y: NumberBounds): boolean {
  return x.high < y.low || (x.high === y.low && !(x.hasHigh && y.hasLow));
}

/** The numbers that make a comparison of size true; null for any other leaf. */
export const readBounds = onceForEach((leaf: Leaf): NumberBounds | null => {
  switch (leaf.op) {
    case 'less':
      return new NumberBounds(Number.NEGATIVE_INFINITY, false, leaf.value, false);
    case 'less_or_equal':
      return new NumberBounds(Number.NEGATIVE_INFINITY, false, leaf.value, true);
    case 'greater':
      return new NumberBounds(leaf.value, false, Number.POSITIVE_INFINITY, false);
    case 'greater_or_equal':
      return new NumberBounds(leaf.value, true, Number.POSITIVE_INFINITY, false);
    default:
      return null;
  }
});
