import type { ServerResponse } from 'node:http';
import type { operations } from '@grey/contracts';
import type { TokensService } from '../access/tokens.service.ts';
import { ApiError } from '../infra/http/api-error.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import type { StreamHub } from '../stream/stream-hub.ts';
import { WatchHub } from '../stream/watch-hub.ts';
import type { BatchViews } from './batch-views.service.ts';
import type { UpgradeBatchesStore } from './upgrade-batches.store.ts';

/** Single batches as they go on, until they end. */
export class BatchStreams {
  readonly #views: BatchViews;
  readonly #hub: WatchHub;

  constructor(store: UpgradeBatchesStore, views: BatchViews, tokens: TokensService, streams: StreamHub) {
    this.#views = views;
    this.#hub = new WatchHub(
      {
        readStamps: (ids) => store.readStamps(ids),
        readEvent: async (id) => {
          const batch = await views.findView(id);
          return batch && { event: { batch }, isEnded: batch.finishedAt !== null };
        },
      },
      tokens,
      streams,
    );
  }

  /** @throws ApiError UPGRADE_BATCH_UNKNOWN */
  async open({ caller, input }: Called<(typeof operations)['streamUpgradeBatch']>, res: ServerResponse): Promise<void> {
    const { batchId } = input.params;
    if ((await this.#views.findView(batchId)) === undefined) throw new ApiError('UPGRADE_BATCH_UNKNOWN');
    this.#hub.open(batchId, caller, res);
  }
}
