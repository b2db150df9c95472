import { isDeepStrictEqual } from 'node:util';
import {
  type LedgerRow,
  type Migration,
  type Phase,
  type ProgressEvent,
  type RunLimits,
  type RunResult,
  runMigrations,
  tenantDatabaseAt,
  UpgradeError,
} from '@grey/schema-upgrades';
import type { TenantAccess } from '../schema-checks/tenant-access.ts';
import { leash } from './leash.ts';
import { PlaceCounter } from './place-counter.ts';
import { allTakenBack, RunHistory, readUndone, UNDONE, type Undone, withApplied } from './undone.ts';
import type { StepContext } from './upgrade-step.ts';

/** What is to be run for an upgrade at its tenant's database. */
export interface RunOrder {
  readonly migrations: readonly Migration[];
  readonly direction: 'up' | 'down';
  readonly phases: readonly Phase[];
}

/** Runs migrations for the steps, with their progress, within the bounds of the data source. */
export class MigrationRuns {
  readonly #access: Pick<TenantAccess, 'at' | 'session' | 'kept'>;
  readonly #limits: Pick<RunLimits, 'timeoutMs' | 'statementTimeoutMs'>;

  /** @param limits `timeoutMs` for one run; taking back afterwards has the same again */
  constructor(
    access: Pick<TenantAccess, 'at' | 'session' | 'kept'>,
    limits: Pick<RunLimits, 'timeoutMs' | 'statementTimeoutMs'>,
  ) {
    this.#access = access;
    this.#limits = limits;
  }

  /**
   * Idempotent: the ledger knows what this upgrade did before. Note: `undone`.
   * @throws UpgradeError when the way to the server is barred, ApiError of the data source
   */
  async run(context: StepContext, order: RunOrder): Promise<RunResult> {
    if (order.direction === 'down') return this.#run(context, order, () => undefined);
    await noteUndone(context, null);
    const history = new RunHistory();
    const result = await this.#run(context, order, (event) => history.note(event));
    await noteUndone(context, history.undoneBy(result) ?? null);
    return result;
  }

  #run(context: StepContext, order: RunOrder, hear: (event: ProgressEvent) => void): Promise<RunResult> {
    const { tenantId, serviceId, id, requestedBy } = context.upgrade;
    const counter = new PlaceCounter((place) => context.setPlace(place));
    const abort = new AbortController();
    // A lost claim is no reason to take anything back: the leash sees to that.
    const pass = () => {
      if (!context.lost.aborted) abort.abort();
    };
    context.signal.addEventListener('abort', pass, { once: true });
    if (context.signal.aborted) pass();
    return this.#access
      .at(tenantId, serviceId, context.signal, (address) =>
        runMigrations({
          database: leash(tenantDatabaseAt(address, { kept: this.#access.kept }), context.lost),
          tenantId,
          serviceId,
          ...order,
          runId: id,
          by: requestedBy.name,
          limits: this.#limits,
          signal: abort.signal,
          onProgress: (event: ProgressEvent) => {
            hear(event);
            counter.note(event);
          },
        }),
      )
      .finally(() => context.signal.removeEventListener('abort', pass));
  }

  /**
   * Takes what this upgrade brought back down; undefined: there is nothing of it. Note: `undone`.
   * @throws as {@link run}; UpgradeError NEEDS_OPERATOR where the ledger has something of it that is not among the migrations
   */
  async takeBack(
    context: StepContext,
    migrations: readonly Migration[],
    phases: readonly Phase[],
  ): Promise<RunResult | undefined> {
    const ledger = await this.listLedger(context);
    const own = new Set(
      ledger.filter((row) => row.runId === context.upgrade.id && row.state !== 'reverted').map(({ name }) => name),
    );
    const known = new Set(migrations.map(({ name }) => name));
    const lost = [...own].filter((name) => !known.has(name));
    if (lost.length > 0)
      throw new UpgradeError(
        'NEEDS_OPERATOR',
        `the ledger has ${lost.slice(0, 5).join(', ')} of this upgrade, and no set brings that any more: how to take it back is not known`,
      );
    const mine = migrations.filter(({ name, phase }) => own.has(name) && phases.includes(phase));
    const names = mine.map(({ name }) => name);
    const before = readUndone(context.upgrade);
    const undone = names.length === 0 ? before : withApplied(before, names);
    await noteUndone(context, undone);
    const result =
      mine.length === 0 ? undefined : await this.run(context, { migrations: mine, direction: 'down', phases });
    if (undone !== null && (result === undefined || result.outcome === 'done'))
      await noteUndone(context, allTakenBack(undone));
    else if (undone !== null && result?.outcome === 'needs-operator')
      await noteUndone(context, { ...undone, takenBack: [...undone.takenBack, ...result.reverted] });
    return result;
  }

  listLedger({ upgrade, signal }: StepContext): Promise<readonly LedgerRow[]> {
    const { tenantId, serviceId } = upgrade;
    return this.#access.session(tenantId, serviceId, signal, (session) => session.listLedger(serviceId));
  }
}

async function noteUndone(context: StepContext, undone: Undone | null): Promise<void> {
  if (!isDeepStrictEqual(readUndone(context.upgrade), undone)) await context.remember({ [UNDONE]: undone });
}
