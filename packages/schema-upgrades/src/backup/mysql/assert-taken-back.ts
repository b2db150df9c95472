import { UpgradeError } from '../../databases/upgrade-error.ts';
import type { MyClient } from './my-client.ts';

/** Measures a script of which every statement of rows is a line. */
export class LongestLine {
  byteCount = 0;
  #current = 0;

  add(chunk: Buffer | string): void {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    for (let at = 0; at < bytes.length; ) {
      const end = bytes.indexOf(0x0a, at);
      this.#current += (end === -1 ? bytes.length : end) - at;
      this.byteCount = Math.max(this.byteCount, this.#current);
      if (end === -1) return;
      this.#current = 0;
      at = end + 1;
    }
  }
}

/**
 * Values that are bytes take twice their length in SQL: the server may have given what it would not take.
 * @throws UpgradeError BACKUP_FAILED
 */
export async function assertTakenBack(client: MyClient, byteCount: number): Promise<void> {
  const [row] = await client.run<{ most: string | number }>('SELECT @@GLOBAL.max_allowed_packet AS most');
  const most = Number(row?.most);
  if (byteCount < most) return;
  const message = `A row makes a statement of ${byteCount} bytes, and the server takes less than ${most}: it could not be written back. Raise max_allowed_packet`;
  throw new UpgradeError('BACKUP_FAILED', message);
}
