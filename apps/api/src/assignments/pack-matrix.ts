import type { Matrix } from '@grey/contracts';
import type { PackedRow } from './assignments.store.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

/** Turns rows of names into rows of small numbers: a version label is sent once, however many cells show it. */
export function packMatrix(
  services: readonly (Named & { defaultVersions: unknown })[],
  tenants: readonly Named[],
  cells: readonly PackedRow[],
): Pick<Matrix, 'services' | 'versions' | 'rows'> {
  const columnOf = new Map(services.map((service, index) => [service.id, index]));
  const numbers = new Map<string, number>();
  const numberOf = (version: string) => {
    const known = numbers.get(version) ?? numbers.size;
    numbers.set(version, known);
    return known;
  };
  const rowOf = new Map(cells.map((row) => [row.tenantId, row]));
  const rows = tenants.map(({ id, name }) => {
    const row = new Array<number>(services.length).fill(-1);
    const packed = rowOf.get(id);
    packed?.serviceIds.forEach((serviceId, at) => {
      row[columnOf.get(serviceId) as number] = numberOf(packed.versions[at] as string);
    });
    const pinned = (packed?.pinned ?? []).map((serviceId) => columnOf.get(serviceId) as number);
    return { tenantId: id, name, cells: row, pinned: pinned.sort((a, b) => a - b) };
  });
  return {
    services: services.map(({ id, name, defaultVersions }) => ({
      id,
      name,
      defaultVersions: defaultVersions as Matrix['services'][number]['defaultVersions'],
    })),
    versions: [...numbers.keys()],
    rows,
  };
}
