import { setTimeout as sleep } from 'node:timers/promises';
import type { RollbackResult } from '@grey/contracts';
import { UnexpectedAnswer } from '../../call-product.ts';
import type { KillableProduct } from './killable-product.ts';
import type { TakenBack } from './taken-back.ts';

/** What there is to be moved. */
export interface Place {
  readonly serviceId: string;
  /** The oldest first. */
  readonly versions: readonly string[];
  readonly tenantIds: readonly string[];
}

/** People who roll back, move tenants and undo, at random, and remember what they were answered. */
export class EmergencyOperators {
  /** All that were acknowledged, also in earlier histories. */
  readonly takenBack: TakenBack[] = [];
  readonly byDurability: Record<string, number> = {};
  /** Changes that were acknowledged in this history. */
  changeIds: string[] = [];
  readonly #product: KillableProduct;
  readonly #place: Place;

  constructor(product: KillableProduct, place: Place) {
    this.#product = product;
    this.#place = place;
  }

  /** Sometimes the replica is killed while it is at it. */
  async rollBack(): Promise<void> {
    const { serviceId, tenantIds: all, versions } = this.#place;
    const from = 1 + Math.floor(this.#product.random() * 3);
    const to = Math.floor(this.#product.random() * from);
    const tenantIds = this.#product.random() < 0.5 ? all : all.filter(() => this.#product.random() < 0.5);
    const body = {
      serviceId,
      fromVersion: versions[from] as string,
      toVersion: versions[to] as string,
      ...(tenantIds.length === all.length ? { scope: { kind: 'service' } } : { affectedTenants: tenantIds }),
      reason: 'soak',
      maxAffected: all.length,
      allowRollbackOfRollback: true,
    };
    const by = this.#product.somebody();
    if (by === undefined || tenantIds.length === 0) return;
    const asked = this.#product.ask<RollbackResult>(by, 'POST', '/api/emergency/rollback', body);
    if (this.#product.random() < 0.25) {
      await sleep(this.#product.random() * 40);
      await this.#product.killApi(by);
    }
    const result = await asked;
    if (result === undefined) return;
    const { rollbackId, durability, changeId } = result;
    this.byDurability[durability] = (this.byDurability[durability] ?? 0) + 1;
    if (changeId !== null) this.changeIds.push(changeId);
    this.takenBack.push({
      id: rollbackId,
      fromVersion: body.fromVersion,
      tenantIds,
      by,
      acknowledgedAt: Date.now(),
      everywhereAt: Number.POSITIVE_INFINITY,
      undoneAt: Number.POSITIVE_INFINITY,
    });
  }

  async move(): Promise<void> {
    const { serviceId, tenantIds, versions } = this.#place;
    const by = this.#product.somebody();
    if (by === undefined) return;
    const target = `/api/tenants/${this.#product.pick(tenantIds)}/services/${serviceId}`;
    const moved = await this.#product.ask<{ changeId: string | null }>(by, 'PUT', target, {
      targetVersion: this.#product.pick(versions),
    });
    if (moved?.changeId) this.changeIds.push(moved.changeId);
  }

  async undo(): Promise<void> {
    const by = this.#product.somebody();
    const rollback = this.takenBack.findLast(({ undoneAt }) => undoneAt === Number.POSITIVE_INFINITY);
    if (by === undefined || rollback === undefined || !this.#product.isLogUp) return;
    const target = `/api/emergency/rollbacks/${rollback.id}/undo`;
    const shown = await this.#product.calls[by]?.('POST', target, { reason: 'soak' }).catch((error: unknown) => error);
    if (!(shown instanceof UnexpectedAnswer) || shown.status !== 428) return;
    const { planToken } = (JSON.parse(shown.body) as { plan: { planToken: string } }).plan;
    rollback.undoneAt = Date.now();
    const undone = await this.#product.ask<{ changeId: string }>(by, 'POST', target, { reason: 'soak', planToken });
    if (undone !== undefined) this.changeIds.push(undone.changeId);
  }
}
