import type { CompatibilityMatrix } from '../compatibility-matrix.ts';

/** At `placeA * stride + placeB`: 1 when every version of the one place fits every version of the other. */
export interface FitTable {
  readonly bits: Uint8Array;
  readonly stride: number;
}

/**
 * Where a tenant can be with one service: at one version, at several at once (a default that is split), or nowhere (it does
 * not use the service). Places are numbers, so that a state is a row of small numbers; what is asked of them is remembered.
 */
export class Places {
  readonly #matrix: CompatibilityMatrix;
  readonly #ids: string[] = [];
  readonly #numbers = new Map<string, number>();
  /** By service: the versions of each place. Those that can be entered come first. */
  readonly #versions: (readonly string[])[][] = [];
  readonly #byKey: Map<string, number>[] = [];
  readonly #enterable: number[] = [];
  readonly #successors: (readonly number[] | undefined)[][] = [];
  readonly #fits: FitTable[][] = [];

  /** @param labels versions that can be assigned, by service */
  constructor(matrix: CompatibilityMatrix, labels: ReadonlyMap<string, readonly string[]>) {
    this.#matrix = matrix;
    for (const id of [...labels.keys()].sort()) {
      const known = labels.get(id) ?? [];
      this.#numbers.set(id, this.#ids.length);
      this.#ids.push(id);
      this.#versions.push(known.map((version) => [version]));
      this.#byKey.push(new Map(known.map((version, at) => [version, at])));
      this.#enterable.push(known.length);
      this.#successors.push([]);
      this.#fits.push([]);
    }
  }

  /** Number of a service; undefined: nothing is known of it. */
  numberOf(serviceId: string): number | undefined {
    return this.#numbers.get(serviceId);
  }

  idOf(service: number): string {
    return this.#ids[service] as string;
  }

  /** The place of a tenant that may get these versions. */
  placeOf(service: number, versions: readonly string[]): number {
    const places = this.#versions[service] as (readonly string[])[];
    const byKey = this.#byKey[service] as Map<string, number>;
    const key = versions.join(' ');
    const known = byKey.get(key);
    if (known !== undefined) return known;
    byKey.set(key, places.length);
    places.push(versions);
    return places.length - 1;
  }

  versionsAt(service: number, place: number): readonly string[] {
    return this.#versions[service]?.[place] as readonly string[];
  }

  /** The places that one step leads to, newest version first. */
  successors(service: number, place: number): readonly number[] {
    const rows = this.#successors[service] as (readonly number[] | undefined)[];
    let known = rows[place];
    if (known === undefined) {
      const from = this.versionsAt(service, place);
      const found: number[] = [];
      for (let next = (this.#enterable[service] as number) - 1; next >= 0; next -= 1)
        if (next !== place && this.#mayMove(service, from, next)) found.push(next);
      known = found;
      rows[place] = known;
    }
    return known;
  }

  /** Which places of two linked services fit each other, for all places that are known by now. */
  fits(a: number, b: number): FitTable {
    const rows = this.#versions[a]?.length ?? 0;
    const stride = this.#versions[b]?.length ?? 0;
    const ofA = this.#fits[a] as FitTable[];
    const known = ofA[b];
    if (known !== undefined && known.stride === stride && known.bits.length === rows * stride) return known;
    const bits = new Uint8Array(rows * stride);
    for (let placeA = 0; placeA < rows; placeA += 1)
      for (let placeB = 0; placeB < stride; placeB += 1)
        bits[placeA * stride + placeB] = this.breach(a, placeA, b, placeB) === undefined ? 1 : 0;
    const table = { bits, stride };
    ofA[b] = table;
    return table;
  }

  /** Why two places do not fit, in words. */
  breach(a: number, placeA: number, b: number, placeB: number): string | undefined {
    for (const one of this.versionsAt(a, placeA))
      for (const other of this.versionsAt(b, placeB)) {
        const words = this.#matrix.breach(this.idOf(a), one, this.idOf(b), other);
        if (words !== null) return words;
      }
    return undefined;
  }

  #mayMove(service: number, from: readonly string[], next: number): boolean {
    const [to = ''] = this.versionsAt(service, next);
    return from.every((version) => this.#matrix.mayMove(this.idOf(service), version, to));
  }
}
