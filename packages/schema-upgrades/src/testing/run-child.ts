/**
 * Runs migrations in a process of its own, which kills itself at the moment it was told: standard input is a JSON of
 * `ChildOrder`. Prints the result when it got that far.
 */
import { text } from 'node:stream/consumers';
import { type ChildOrder, tenantOf } from './child-order.ts';
import { run } from './run.ts';

const order = JSON.parse(await text(process.stdin)) as ChildOrder;
let count = 0;
const result = await run(order.address, order.migrations, {
  tenantId: tenantOf(order.address),
  runId: order.runId,
  onProgress() {
    if (count++ !== order.killAt) return;
    if (order.afterMs === 0) process.kill(process.pid, 'SIGKILL');
    else setTimeout(() => process.kill(process.pid, 'SIGKILL'), order.afterMs);
  },
});
process.stdout.write(JSON.stringify(result, (_key, value) => (typeof value === 'bigint' ? String(value) : value)));
