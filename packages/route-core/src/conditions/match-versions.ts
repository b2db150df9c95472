import Range from 'semver/classes/range.js';
import SemVer from 'semver/classes/semver.js';

const LABEL = /^[vV]?(\d+)(?:\.(\d+))?(?:\.(\d+))?([-+].*)?$/;
const LONGEST_LABEL = 128;
/** Versions are few and requests many: what was judged is remembered, up to so many labels per condition. */
const REMEMBERED = 256;

/**
 * The SemVer that a label means, or null: an optional `v`, one to three numbers (those left out are 0) without leading
 * zeros, and SemVer's own prerelease and build. `v1.0` is 1.0.0, `2.1-rc.1` is 2.1.0-rc.1; `1.2.3.4` and `2024.01` are none.
 */
export function parseVersionLabel(label: string): SemVer | null {
  if (label.length > LONGEST_LABEL) return null;
  const [, major, minor = '0', patch = '0', rest = ''] = LABEL.exec(label) ?? [];
  if (major === undefined) return null;
  try {
    return new SemVer(`${major}.${minor}.${patch}${rest}`);
  } catch {
    return null;
  }
}

/** A SemVer range as npm writes them, or null. Empty is every release. */
export function parseVersionRange(range: string): Range | null {
  try {
    return new Range(range);
  } catch {
    return null;
  }
}

/**
 * Whether a label's version lies in the range. Prereleases do so only where the range names one of the same version:
 * `>=2.0.0-rc.1` holds 2.0.0-rc.2, but not 2.1.0-rc.1.
 */
export function compileVersionRange(text: string): (label: string) => boolean {
  const range = parseVersionRange(text);
  if (range === null) return () => false;
  const judged = new Map<string, boolean>();
  return (label) => {
    const known = judged.get(label);
    if (known !== undefined) return known;
    const version = parseVersionLabel(label);
    const isInside = version !== null && range.test(version);
    if (judged.size >= REMEMBERED) judged.clear();
    if (label.length <= LONGEST_LABEL) judged.set(label, isInside);
    return isInside;
  };
}
