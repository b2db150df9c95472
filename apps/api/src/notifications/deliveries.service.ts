import type { Delivery, operations, Resent } from '@grey/contracts';
import { ApiError } from '../infra/http/api-error.ts';
import { pageOfRows, readCursor } from '../infra/http/cursor.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import type { ChannelsStore } from './channels.store.ts';
import type { DeliveriesStore, DeliveryRow } from './deliveries.store.ts';

type Ops = typeof operations;

/** What was sent, what waits and what is dead. */
export class DeliveriesService {
  readonly #store: DeliveriesStore;
  readonly #channels: ChannelsStore;
  readonly #wake: () => void;

  /** @param wake tells the notifier that there is something to send */
  constructor(store: DeliveriesStore, channels: ChannelsStore, wake: () => void) {
    this.#store = store;
    this.#channels = channels;
    this.#wake = wake;
  }

  /** Newest first. @throws ApiError CURSOR_INVALID */
  async list({ input }: Called<Ops['listDeliveries']>) {
    const { limit, cursor, ...filter } = input.query;
    const scope = ['deliveries', filter];
    const [before] = readCursor(scope, cursor, ['text']) ?? [];
    if (before !== undefined && !isId(String(before))) throw new ApiError('CURSOR_INVALID');
    const rows = await this.#store.list(filter, before === undefined ? undefined : String(before), limit + 1);
    return pageOfRows(rows, limit, scope, (row) => [row.id], deliveryView);
  }

  /**
   * Sends a dead letter again, before what waits in its channel. One that is waiting already stays as it is.
   * @throws ApiError DELIVERY_UNKNOWN, DELIVERY_ENDED when it was delivered
   */
  async resend({ input }: Called<Ops['resendDelivery']>): Promise<Delivery> {
    const id = input.params.deliveryId as string;
    if (!isId(id)) throw new ApiError('DELIVERY_UNKNOWN');
    const row = (await this.#store.revive(BigInt(id))) ?? (await this.#store.find(BigInt(id)));
    if (row === undefined) throw new ApiError('DELIVERY_UNKNOWN');
    if (row.status === 'delivered') throw new ApiError('DELIVERY_ENDED');
    this.#wake();
    return deliveryView(row);
  }

  /** Sends all dead letters of a channel again, in the order of the log. @throws ApiError CHANNEL_UNKNOWN */
  async resendAll({ input }: Called<Ops['resendDeadLetters']>): Promise<Resent> {
    const channelId = input.params.channelId as string;
    if ((await this.#channels.find(channelId)) === undefined) throw new ApiError('CHANNEL_UNKNOWN');
    const count = await this.#store.reviveAll(channelId);
    this.#wake();
    return { count };
  }
}

function isId(text: string): boolean {
  return /^[1-9]\d{0,17}$/.test(text);
}

function deliveryView(row: DeliveryRow): Delivery {
  return {
    ...row,
    nextAttemptAt: row.status === 'pending' ? row.nextAttemptAt.toISOString() : null,
    createdAt: row.createdAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
  };
}
