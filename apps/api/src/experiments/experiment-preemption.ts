import type { HoldRecord } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import { PreEmption, type Preempted, type Preemptible, type Stopped } from '../emergency/pre-emption.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ServiceRecords } from '../services/service-records.ts';
import { itemOfExperiment } from './experiment-view.ts';
import { type ExperimentRow, ExperimentsStore } from './experiments.store.ts';

/** Stops the experiments that have a variant on a version which is rolled back, also those that have yet to begin. */
@Injectable()
export class ExperimentPreemption implements Preemptible {
  readonly name = 'experiments';

  constructor(
    private readonly store: ExperimentsStore,
    private readonly services: ServiceRecords,
    preEmption: PreEmption,
  ) {
    preEmption.register(this);
  }

  async find(tx: Transaction, hold: HoldRecord): Promise<Preempted[]> {
    return (await this.#list(tx, hold)).map((row) => preemptedOf(row, hold));
  }

  async preempt(tx: Transaction, hold: HoldRecord): Promise<Stopped[]> {
    // Most services have none; the service is not locked for nothing.
    if ((await this.#list(tx, hold)).length === 0) return [];
    await this.services.lock(tx, hold.serviceId);
    const stopped: Stopped[] = [];
    for (const row of await this.#list(tx, hold)) {
      const after = await this.store.put(tx, hold.serviceId, row.name, { ...row.record, isRunning: false });
      stopped.push({ ...preemptedOf(row, hold), item: itemOfExperiment(row, after) });
    }
    return stopped;
  }

  async #list(tx: Transaction, { serviceId, fromVersion }: HoldRecord): Promise<ExperimentRow[]> {
    const rows = await this.store.list(tx, serviceId);
    return rows.filter(
      ({ record }) => record.isRunning && record.variants.some(({ version }) => version === fromVersion),
    );
  }
}

function preemptedOf({ id, record }: ExperimentRow, { serviceId, fromVersion }: HoldRecord): Preempted {
  const names = record.variants.filter(({ version }) => version === fromVersion).map(({ name }) => name);
  return { kind: 'experiment', serviceId, id, detail: `variant ${names.join(', ')} leads to ${fromVersion}` };
}
