import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { seededRandom } from '@grey/testkit';
import { KilledWorkers } from './killed-workers.ts';
import type { SoakTenant } from './soak-tenant.ts';
import { dumpOf, runUndisturbed, TenantServers } from './tenant-servers.ts';

/**
 * `pnpm soak -- runner`: 200 tenants, every fifth of them on MariaDB where there is one, every fourth with a set that fails and
 * has to be taken back; two workers with five tenants at a time each, which are killed (SIGKILL) again and again. In the end
 * each catalogue must be that of a tenant which nobody disturbed, and nothing may have been applied twice.
 */
const RESUMED_WITHIN_MS = 30_000;

const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: {
    tenants: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const startedAt = performance.now();
const servers = await TenantServers.start();
const faults: string[] = [];
say(`soak runner: ${values.tenants} tenants, ${servers.hasMariadb ? 'some' : 'none'} on MariaDB, seed ${values.seed}`);

async function makeTenants(): Promise<SoakTenant[]> {
  const tenants: SoakTenant[] = [];
  for (let at = 0; at < Number(values.tenants); at++) {
    const engine = servers.hasMariadb && at % 5 === 0 ? 'mysql' : 'postgres';
    tenants.push(await servers.make(`tenant_${at}`, engine, at % 4 === 3 ? 'broken' : 'whole'));
  }
  return tenants;
}

/** What has to come out, by a tenant of the same kind that nobody disturbed. */
async function findFault(tenant: SoakTenant, expected: Map<string, { dump: string; counters: string }>) {
  // One that was to be taken back may have been tried again after it had ended, by a worker that was killed then.
  const { outcome, sentence } = await runUndisturbed(tenant);
  if (outcome !== tenant.outcome) return `${tenant.name}: ${sentence}`;
  const { engine } = tenant.address;
  const kind = `${engine} ${tenant.outcome}`;
  const isWhole = tenant.outcome === 'done';
  if (!expected.has(kind)) {
    const other = await servers.make(`reference_${engine}_${isWhole}`, engine, isWhole ? 'whole' : 'broken');
    await runUndisturbed(other);
    const counters = isWhole ? await servers.readCounters(other) : '';
    expected.set(kind, { dump: await dumpOf(other), counters });
  }
  const { dump, counters } = expected.get(kind) ?? { dump: '', counters: '' };
  if ((await dumpOf(tenant)) !== dump) return `${tenant.name}: its catalogue is not that of the reference`;
  const counted = isWhole ? await servers.readCounters(tenant) : '';
  return counted === counters ? undefined : `${tenant.name}: counted ${counted} instead of ${counters}`;
}

try {
  const tenants = await makeTenants();
  const killings = await new KilledWorkers(tenants, seededRandom(Number(values.seed))).run();
  faults.push(...killings.faults);
  const expected = new Map<string, { dump: string; counters: string }>();
  for (const tenant of tenants) {
    const fault = await findFault(tenant, expected);
    if (fault !== undefined) faults.push(fault);
  }
  const longest = (killings.longestMs / 1000).toFixed(1);
  if (killings.longestMs > RESUMED_WITHIN_MS) faults.push(`one was gone on with only ${longest} s after a kill`);
  say(`${killings.killCount} kills, ${killings.cutCount} tenants cut off, each gone on with within ${longest} s`);
} finally {
  await servers.stop();
}
for (const fault of faults.slice(0, 10)) say(fault);
const seconds = Math.round((performance.now() - startedAt) / 1000);
say(
  `soak runner: ${faults.length === 0 ? 'held' : `FAILED for ${faults.length}`} after ${seconds} s, seed ${values.seed}`,
);
process.exit(faults.length === 0 ? 0 : 1);
