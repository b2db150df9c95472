import type { Requirement, VersionCompatibility } from '../../api/generated/model/index.ts';

/** What is said of every version of a service, oldest first; what the API does not name says nothing. */
export type Draft = readonly VersionCompatibility[];

const silent = (version: string): VersionCompatibility => ({
  version,
  compatibleWith: null,
  breakingChanges: false,
  migrationRequired: false,
  requires: [],
});

type Said = Partial<VersionCompatibility> & Pick<VersionCompatibility, 'version'>;

export function draftOf(versions: readonly string[], said: readonly Said[]): Draft {
  return versions.map((version) => ({
    ...silent(version),
    ...said.find((one) => one.version === version),
  }));
}

/** What is sent: versions of which something is said, and those that were named before. */
export function saidOf(draft: Draft, before: readonly Pick<VersionCompatibility, 'version'>[]): VersionCompatibility[] {
  const named = new Set(before.map((one) => one.version));
  return draft.filter((one) => named.has(one.version) || textOf(one) !== textOf(silent(one.version)));
}

/** Whether and why a tenant may go from one version to another; `migrates`: entering it needs a migration of data. */
export interface Passage {
  readonly isAllowed: boolean;
  readonly because: 'listed' | 'unlisted' | 'unsaid' | 'breaking';
  readonly migrates: boolean;
}

/** The rule of the API: what the version that is left lists; if it lists nothing, all without breaking changes. */
export function passageOf(from: VersionCompatibility, to: VersionCompatibility): Passage {
  const migrates = to.migrationRequired;
  if (from.compatibleWith) {
    const isListed = from.compatibleWith.includes(to.version);
    return { isAllowed: isListed, because: isListed ? 'listed' : 'unlisted', migrates };
  }
  return to.breakingChanges
    ? { isAllowed: false, because: 'breaking', migrates }
    : { isAllowed: true, because: 'unsaid', migrates };
}

const replace = (draft: Draft, version: string, part: Partial<VersionCompatibility>): Draft =>
  draft.map((one) => (one.version === version ? { ...one, ...part } : one));

export function editVersion(draft: Draft, version: string, part: Partial<VersionCompatibility>): Draft {
  return replace(draft, version, part);
}

/** Allows or refuses a passage. A version of which nothing was said first gets the list of what it allowed so far. */
export function togglePassage(draft: Draft, from: string, to: string): Draft {
  const left = draft.find((one) => one.version === from);
  if (!left || from === to) return draft;
  const listed = new Set(left.compatibleWith ?? allowedFrom(draft, left));
  if (!listed.delete(to)) listed.add(to);
  const known = draft.map((one) => one.version).filter((version) => listed.has(version));
  return replace(draft, from, { compatibleWith: known });
}

/** Says of a version that it lists what it allows now, or that it says nothing any more. */
export function setListing(draft: Draft, version: string, isListing: boolean): Draft {
  const left = draft.find((one) => one.version === version);
  if (!left) return draft;
  return replace(draft, version, { compatibleWith: isListing ? allowedFrom(draft, left) : null });
}

export function setRequirement(draft: Draft, version: string, requirement: Requirement, at: number | null): Draft {
  const before = draft.find((one) => one.version === version)?.requires ?? [];
  const requires = at === null ? [...before, requirement] : before.map((one, i) => (i === at ? requirement : one));
  return replace(draft, version, { requires });
}

/** Versions whose entry is not as it was loaded. */
export function editedVersions(draft: Draft, loaded: Draft): string[] {
  const before = new Map(loaded.map((one) => [one.version, textOf(one)]));
  return draft.filter((one) => textOf(one) !== before.get(one.version)).map((one) => one.version);
}

function allowedFrom(draft: Draft, left: VersionCompatibility): string[] {
  return draft.filter((one) => one !== left && passageOf(left, one).isAllowed).map((one) => one.version);
}

/** Equal texts say the same: the order of a list of versions says nothing. */
function textOf({ version, compatibleWith, breakingChanges, migrationRequired, requires }: VersionCompatibility) {
  const needs = requires.map(({ serviceId, range }) => [serviceId, range]).sort();
  return JSON.stringify([
    version,
    compatibleWith ? [...compatibleWith].filter((one) => one !== version).sort() : null,
    breakingChanges,
    migrationRequired,
    needs,
  ]);
}
