import type { ServerResponse } from 'node:http';
import type { operations } from '@grey/contracts';
import type { TokensService } from '../access/tokens.service.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import type { StreamHub } from '../stream/stream-hub.ts';
import { WatchHub } from '../stream/watch-hub.ts';
import { isEnded } from './upgrade-machine.ts';
import type { UpgradesService } from './upgrades.service.ts';
import { mine } from './upgrades.service.ts';
import type { UpgradesStore } from './upgrades.store.ts';

/** Single upgrades as they go on, until they end. */
export class UpgradeStreams {
  readonly #store: UpgradesStore;
  readonly #hub: WatchHub;

  constructor(store: UpgradesStore, upgrades: UpgradesService, tokens: TokensService, streams: StreamHub) {
    this.#store = store;
    this.#hub = new WatchHub(
      {
        readStamps: (ids) => store.readStamps(ids),
        readEvent: (id) =>
          store.consistentRead(async (tx) => {
            const row = await store.find(tx, id);
            if (row === undefined) return undefined;
            return { event: { upgrade: await upgrades.show(tx, row) }, isEnded: isEnded(row.state) };
          }),
      },
      tokens,
      streams,
    );
  }

  /** @throws ApiError UPGRADE_UNKNOWN, also for another's tenant */
  async open({ caller, input }: Called<(typeof operations)['streamUpgrade']>, res: ServerResponse): Promise<void> {
    const { upgradeId } = input.params;
    await this.#store.consistentRead(async (tx) => mine(caller, await this.#store.find(tx, upgradeId)));
    this.#hub.open(upgradeId, caller, res);
  }
}
