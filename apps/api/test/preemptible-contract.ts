import type { HoldRecord } from '@grey/route-core';
import { describe, expect, test } from 'vitest';
import type { Preemptible } from '../src/emergency/pre-emption.ts';
import { Database } from '../src/infra/db/database.ts';
import type { TestApi } from './start-test-api.ts';

/** What a feature that moves tenants brings to show that an emergency stops it. */
export interface PreemptibleCase {
  readonly name: string;
  readonly api: () => TestApi;
  readonly preemptible: () => Preemptible;
  /** One for each state in which it would bring tenants of `serviceId` to `version`, now or later; returns its id. */
  readonly running: Readonly<Record<string, (serviceId: string, version: string, other: string) => Promise<string>>>;
  /** One that leads elsewhere, or was stopped by its operator. @returns its id */
  readonly harmless: Readonly<Record<string, (serviceId: string, version: string, other: string) => Promise<string>>>;
}

/**
 * What every {@link Preemptible} promises. A feature whose things move tenants by themselves registers at PreEmption and
 * calls this in its tests, with every state its things can be in.
 */
export function describePreemptible({ name, api, preemptible, running, harmless }: PreemptibleCase): void {
  let count = 0;
  /** A service that nothing else of the test uses, with the hold that an emergency would make. */
  const prepare = async (): Promise<HoldRecord> => {
    count += 1;
    const serviceId = `${name}-${count}`;
    await api().ask('POST', '/api/services', { id: serviceId });
    for (const version of ['v1', 'v2', 'v3'])
      await api().ask('POST', `/api/services/${serviceId}/versions`, { version });
    const id = '00000000-0000-4000-8000-000000000000';
    return { id, serviceId, fromVersion: 'v2', toVersion: 'v1', scope: { kind: 'all' } };
  };
  const within = <T>(work: Parameters<Database['transaction']>[0]) =>
    api().app.get(Database).transaction(work) as Promise<T>;
  const idsOf = (found: readonly { id: string }[]) => found.map(({ id }) => id);

  describe(`${name} in an emergency`, () => {
    test.each(Object.entries(running))('are found and stopped when %s, once', async (_, make) => {
      const hold = await prepare();
      const id = await make(hold.serviceId, 'v2', 'v3');
      const found = await within<{ id: string }[]>((tx) => preemptible().find(tx, hold));
      expect(idsOf(found)).toEqual([id]);
      const stopped = await within<Awaited<ReturnType<Preemptible['preempt']>>>((tx) =>
        preemptible().preempt(tx, hold),
      );
      expect(idsOf(stopped)).toEqual([id]);
      expect(stopped[0]).toMatchObject({ serviceId: hold.serviceId, item: { serviceId: hold.serviceId } });
      expect(stopped[0]?.item.before).not.toEqual(stopped[0]?.item.after);
      expect(await within((tx) => preemptible().find(tx, hold))).toEqual([]);
      expect(await within((tx) => preemptible().preempt(tx, hold))).toEqual([]);
    });

    test.each(Object.entries(harmless))('are let be when %s', async (_, make) => {
      const hold = await prepare();
      await make(hold.serviceId, 'v2', 'v3');
      expect(await within((tx) => preemptible().find(tx, hold))).toEqual([]);
      expect(await within((tx) => preemptible().preempt(tx, hold))).toEqual([]);
    });

    test('are not stopped by the emergency of another service', async () => {
      const [hold, other] = [await prepare(), await prepare()];
      const [make] = Object.values(running);
      const id = await make?.(hold.serviceId, 'v2', 'v3');
      expect(await within((tx) => preemptible().preempt(tx, other))).toEqual([]);
      expect(idsOf(await within<{ id: string }[]>((tx) => preemptible().find(tx, hold)))).toEqual([id]);
    });
  });
}
