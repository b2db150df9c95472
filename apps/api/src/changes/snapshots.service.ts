import { Injectable } from '@nestjs/common';
import { SnapshotStore } from './snapshot.store.ts';

/** What routers and streams may read of the log and the state behind it. */
@Injectable()
export class SnapshotsService {
  /** The whole state at one position. @throws ApiError DATABASE_UNAVAILABLE */
  readonly loadSource: SnapshotStore['loadSource'];
  /** The changes after a position, or `'reset'` when they cannot be had. @throws ApiError DATABASE_UNAVAILABLE */
  readonly loadDeltas: SnapshotStore['loadDeltas'];

  constructor(store: SnapshotStore) {
    this.loadSource = () => store.loadSource();
    this.loadDeltas = (after) => store.loadDeltas(after);
  }
}
