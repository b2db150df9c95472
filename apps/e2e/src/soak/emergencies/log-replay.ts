import type { Change, StateEntity, StateTenant } from '@grey/contracts';
import { readCells, readHolds, type Snapshot } from '@grey/route-core';
import type { CallProduct } from '../../call-product.ts';

/** What tenants are assigned to and which holds there are: one line each, in order. */
export type Picture = readonly string[];

/** The state as the log says it, replayed change by change; and how often each rollback is in it. */
export class LogReplay {
  readonly rollbackCounts = new Map<string, number>();
  readonly changeIds = new Set<string>();
  readonly #call: CallProduct;
  readonly #lines = new Map<string, string>();
  readonly #pictures = new Map<number, Picture>();
  #revision = 0;

  constructor(call: CallProduct) {
    this.#call = call;
  }

  /** The state at a revision that was read. */
  at(revision: number): Picture | undefined {
    return this.#pictures.get(revision);
  }

  /** Reads what the log got since. @throws Error when a revision is missing */
  async readOn(): Promise<void> {
    for (const change of await this.#changesSince(this.#revision)) {
      const { revision } = change.position;
      if (revision !== this.#revision + 1) throw new Error(`after ${this.#revision} the log has ${revision}`);
      if (change.items.length !== change.itemCount) throw new Error(`the items of ${change.id} are not all there`);
      this.#revision = revision;
      this.changeIds.add(change.id);
      for (const item of change.items) this.#apply(change, item);
      this.#pictures.set(revision, [...this.#lines.values()].sort());
    }
  }

  /** Forgets pictures that nobody asks for any more: all but the last. */
  forget(): void {
    for (const revision of this.#pictures.keys()) if (revision < this.#revision) this.#pictures.delete(revision);
  }

  #apply({ kind }: Change, { entity, key, after }: Change['items'][number]): void {
    if (entity !== 'assignment' && entity !== 'hold') return;
    if (entity === 'hold' && kind === 'hold.created')
      this.rollbackCounts.set(key, (this.rollbackCounts.get(key) ?? 0) + 1);
    if (after === null) this.#lines.delete(`${entity} ${key}`);
    else this.#lines.set(`${entity} ${key}`, lineOf(entity, key, after));
  }

  /** Oldest first. */
  async #changesSince(revision: number): Promise<Change[]> {
    const changes: Change[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: { items: Change[]; nextCursor: string | null } = await this.#call(
        'GET',
        `/api/changes?limit=100${query}`,
      );
      changes.push(...page.items.filter(({ position }) => position.revision > revision));
      cursor = page.items.every(({ position }) => position.revision > revision) ? page.nextCursor : null;
    }
    return changes.reverse();
  }
}

/** The same of what a router has. */
export function pictureOf(snapshot: Snapshot, tenantIds: readonly string[]): Picture {
  const cells = tenantIds.flatMap((tenantId) =>
    readCells(snapshot, tenantId).assignments.map((cell) =>
      lineOf('assignment', `${tenantId}/${cell.serviceId}`, { ...cell }),
    ),
  );
  return [...cells, ...readHolds(snapshot).map((hold) => lineOf('hold', hold.id, { ...hold }))].sort();
}

/** The same of what the API says the state was at a change. */
export async function pictureOfPast(call: CallProduct, changeId: string): Promise<Picture> {
  const at = `at=${encodeURIComponent(changeId)}&limit=100`;
  const tenants = await listAll<StateTenant>(call, `/api/state/tenants?${at}`);
  const holds = await listAll<StateEntity>(call, `/api/state/entities?entity=hold&${at}`);
  const cells = tenants.flatMap(({ tenantId, cells: own }) =>
    own.map((cell) => lineOf('assignment', `${tenantId}/${cell.serviceId}`, cell)),
  );
  return [...cells, ...holds.map(({ key, state }) => lineOf('hold', key, state))].sort();
}

async function listAll<T>(call: CallProduct, target: string): Promise<T[]> {
  const all: T[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const next: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: { items: T[]; nextCursor: string | null } = await call('GET', `${target}${next}`);
    all.push(...page.items);
    cursor = page.nextCursor;
  }
  return all;
}

function lineOf(entity: string, key: string, state: Readonly<Record<string, unknown>>): string {
  const { version, fromVersion, toVersion } = state;
  return entity === 'hold' ? `hold ${key} ${fromVersion} → ${toVersion}` : `assignment ${key} ${version}`;
}
