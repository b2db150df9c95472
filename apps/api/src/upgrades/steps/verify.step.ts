import type { LedgerRow, Migration } from '@grey/schema-upgrades';
import type { CataloguePeersStore } from '../catalogue-peers.store.ts';
import { outcomeOfError } from '../run-failure.ts';
import { type StepContext, type StepOutcome, type UpgradeStep, upgradeFailure } from '../upgrade-step.ts';
import { whyNoMigrations } from './judge-schema-way.ts';
import { dumpCatalogue, type StepParts } from './step-parts.ts';

/**
 * Looks whether the expansion came out as it should: by the ledger, and by the catalogue of others who took the same way.
 * Notes: `catalogueAfter`.
 */
export class VerifyStep implements UpgradeStep {
  readonly name = 'verify';
  readonly #parts: StepParts;
  readonly #peers: Pick<CataloguePeersStore, 'find'>;

  constructor(parts: StepParts, peers: Pick<CataloguePeersStore, 'find'>) {
    this.#parts = parts;
    this.#peers = peers;
  }

  async run(context: StepContext): Promise<StepOutcome> {
    const { upgrade } = context;
    try {
      const way = await this.#parts.read((tx) => this.#parts.ways.read(tx, upgrade));
      if (way.engine === null || upgrade.schemaTo === null)
        return { kind: 'skipped', detail: whyNoMigrations(upgrade.toVersion, way) };
      const wanted = way.sets.flatMap((set) => set.migrations).filter(({ phase }) => phase !== 'contract');
      const ledger = await this.#parts.runs.listLedger(context);
      const fault = ledgerFault(wanted, ledger);
      if (fault !== undefined) return { kind: 'failed', failure: upgradeFailure('LEDGER_INCOMPLETE', fault) };
      const catalogue = await dumpCatalogue(this.#parts, context);
      const { catalogueBefore } = upgrade.notes;
      if (typeof catalogueBefore === 'string') {
        const peer = await this.#parts.read((tx) => this.#peers.find(tx, upgrade, catalogueBefore));
        if (peer !== undefined && peer.catalogue !== catalogue.digest) return differs(peer.upgradeId);
      }
      await context.remember({ catalogueAfter: catalogue.digest });
      const { tenantId, serviceId } = upgrade;
      // With the ledger: whoever is asked to confirm contract must not read that nothing has run yet.
      const how = { from: 'upgrade', ledger } as const;
      await context.write((tx) => this.#parts.checks.baseline(tenantId, serviceId, catalogue, tx, how));
      return {
        kind: 'done',
        detail: `${wanted.length} migration(s) are in the ledger, and the catalogue is as expected.`,
      };
    } catch (error) {
      return outcomeOfError(context, error);
    }
  }

  async compensate(): Promise<StepOutcome> {
    return { kind: 'done' };
  }
}

/** What the ledger lacks; undefined: nothing. Pure. */
export function ledgerFault(
  wanted: readonly Pick<Migration, 'name' | 'checksum'>[],
  ledger: readonly Pick<LedgerRow, 'name' | 'checksum' | 'state'>[],
): string | undefined {
  const rows = new Map(ledger.map((row) => [row.name, row]));
  for (const { name, checksum } of wanted) {
    const row = rows.get(name);
    if (row === undefined) return `The ledger knows nothing of ${name}.`;
    if (row.state !== 'applied') return `The ledger has ${name} as ${row.state}.`;
    if (row.checksum !== checksum) return `What was applied as ${name} has another text than the set has now.`;
  }
  return undefined;
}

/** Whose upgrade it is, who may see that one sees there. */
function differs(upgradeId: string): StepOutcome {
  const message = `The catalogue is not that of upgrade ${upgradeId}, where it was the same before and took the same way.`;
  const mend = 'Compare the two schemas: a migration depends on data or time, or something else changes the schema.';
  return { kind: 'failed', failure: upgradeFailure('CATALOGUE_DIFFERS', message, { mend }) };
}
