import type { Requirement, VersionCompatibility } from '@grey/contracts';
import { compileVersionRange } from '@grey/route-core';

/** What one version asks of another service. */
export interface CompiledRequirement {
  readonly serviceId: string;
  readonly text: string;
  admits(version: string): boolean;
}

interface Entry {
  /** undefined: nothing is said. */
  readonly compatibleWith: ReadonlySet<string> | undefined;
  readonly breakingChanges: boolean;
  readonly migrationRequired: boolean;
  readonly requires: readonly CompiledRequirement[];
}

const SILENT: Entry = { compatibleWith: undefined, breakingChanges: false, migrationRequired: false, requires: [] };

/** All that is said of versions that fit each other, made ready to be asked often. Pure. */
export class CompatibilityMatrix {
  readonly #entries = new Map<string, Map<string, Entry>>();
  readonly #partners = new Map<string, Set<string>>();
  readonly #breaches = new Map<string, string | null>();

  constructor(services: Iterable<{ readonly serviceId: string; readonly versions: readonly VersionCompatibility[] }>) {
    for (const { serviceId, versions } of services) {
      this.#entries.set(serviceId, new Map(versions.map((one) => [one.version, entryOf(one)])));
      for (const { requires } of versions) for (const one of requires) this.#link(serviceId, one.serviceId);
    }
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  /** Whether anything is said of the service, by itself or by another. */
  mentions(serviceId: string): boolean {
    return this.#entries.has(serviceId) || this.#partners.has(serviceId);
  }

  /** Services that a requirement links with this one, in either direction. */
  partnersOf(serviceId: string): ReadonlySet<string> {
    return this.#partners.get(serviceId) ?? new Set();
  }

  isBreaking(serviceId: string, version: string): boolean {
    return this.#entry(serviceId, version).breakingChanges;
  }

  needsMigration(serviceId: string, version: string): boolean {
    return this.#entry(serviceId, version).migrationRequired;
  }

  /** The versions that may follow `version`; undefined: nothing is said of it. */
  successorsOf(serviceId: string, version: string): ReadonlySet<string> | undefined {
    return this.#entry(serviceId, version).compatibleWith;
  }

  /**
   * Whether a tenant may go from one version straight to another: the version it leaves lists the one it enters. A version
   * that lists nothing may be left for any that has no breaking changes.
   */
  mayMove(serviceId: string, fromVersion: string, toVersion: string): boolean {
    if (fromVersion === toVersion) return true;
    const successors = this.#entry(serviceId, fromVersion).compatibleWith;
    return successors === undefined ? !this.isBreaking(serviceId, toVersion) : successors.has(toVersion);
  }

  /** What a version of one service asks of another; undefined: nothing. */
  requirement(serviceId: string, version: string, otherId: string): CompiledRequirement | undefined {
    return this.#entry(serviceId, version).requires.find((one) => one.serviceId === otherId);
  }

  /** Why two versions do not fit beside each other for one tenant, in words; null: they do. */
  breach(a: string, versionOfA: string, b: string, versionOfB: string): string | null {
    if (this.#partners.get(a)?.has(b) !== true) return null;
    // No name or label holds a space.
    const key = `${a} ${versionOfA} ${b} ${versionOfB}`;
    const known = this.#breaches.get(key);
    if (known !== undefined) return known;
    const found = this.#breachOf(a, versionOfA, b, versionOfB) ?? this.#breachOf(b, versionOfB, a, versionOfA) ?? null;
    this.#breaches.set(key, found);
    return found;
  }

  #breachOf(a: string, versionOfA: string, b: string, versionOfB: string): string | undefined {
    const requirement = this.requirement(a, versionOfA, b);
    if (requirement === undefined || requirement.admits(versionOfB)) return undefined;
    return `${a} ${versionOfA} needs ${b} ${requirement.text}, not ${versionOfB}`;
  }

  #entry(serviceId: string, version: string): Entry {
    return this.#entries.get(serviceId)?.get(version) ?? SILENT;
  }

  #link(a: string, b: string): void {
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const)
      this.#partners.set(one, (this.#partners.get(one) ?? new Set()).add(other));
  }
}

function entryOf({ compatibleWith, breakingChanges, migrationRequired, requires }: VersionCompatibility): Entry {
  return {
    compatibleWith: compatibleWith === null ? undefined : new Set(compatibleWith),
    breakingChanges,
    migrationRequired,
    requires: requires.map(compileRequirement),
  };
}

function compileRequirement({ serviceId, range }: Requirement): CompiledRequirement {
  if (typeof range === 'string') return { serviceId, text: range, admits: compileVersionRange(range) };
  const labels = new Set(range);
  return { serviceId, text: range.join(' or '), admits: (version) => labels.has(version) };
}
