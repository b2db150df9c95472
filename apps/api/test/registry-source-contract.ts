import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { RegistrySource, SourceInstance } from '../src/registry/sources/registry-source.ts';

/** What a suite needs to move the registry behind a source. Ports tell instances apart; all are on 127.0.0.1. */
export interface SourceHarness {
  readonly source: RegistrySource;
  register(serviceName: string, port: number, metadata?: Record<string, string>): Promise<void>;
  deregister(serviceName: string, port: number): Promise<void>;
  close(): Promise<void>;
}

const WITHIN = { timeout: 20_000, interval: 50 };

/**
 * What every source promises, see RegistrySource. The fake and the real adapters run the same.
 * @param prefix of the services it registers, for runs that share a server
 */
export function describeSourceContract(name: string, prefix: string, open: () => Promise<SourceHarness>): void {
  describe(`${name} keeps the contract of sources`, () => {
    let harness: SourceHarness;
    let source: RegistrySource;
    beforeAll(async () => {
      harness = await open();
      source = harness.source;
    });
    afterAll(() => harness?.close());

    test('services are listed by name', async () => {
      await harness.register(`${prefix}-b`, 7001);
      await harness.register(`${prefix}-a`, 7002);
      await vi.waitFor(async () => {
        const names = (await source.listServices()).filter((one) => [`${prefix}-a`, `${prefix}-b`].includes(one));
        expect(names).toEqual([`${prefix}-a`, `${prefix}-b`]);
      }, WITHIN);
    });

    test('an instance is told with all that is known of it', async () => {
      await harness.register(`${prefix}-told`, 7010, { version: 'v2', region: 'eu-1' });
      // What is registered is not always listed at once.
      const told = await vi.waitFor(async () => {
        const instances = await source.listInstances(`${prefix}-told`);
        expect(instances).toHaveLength(1);
        return instances;
      }, WITHIN);
      expect(told).toEqual([
        {
          serviceName: `${prefix}-told`,
          instanceId: expect.stringContaining('127.0.0.1#7010#DEFAULT#'),
          ip: '127.0.0.1',
          port: 7010,
          weight: 1,
          isEnabled: true,
          isHealthy: true,
          isEphemeral: true,
          cluster: 'DEFAULT',
          group: 'DEFAULT_GROUP',
          namespace: 'public',
          metadata: { version: 'v2', region: 'eu-1' },
        } satisfies SourceInstance,
      ]);
    });

    test('a service nobody knows has no instances', async () => {
      expect(await source.listInstances(`${prefix}-nobody`)).toEqual([]);
    });

    test('a subscriber is told each state of the list, also that it became empty', async () => {
      const { told, end } = listen(source, `${prefix}-moving`);
      await vi.waitFor(() => expect(told.at(-1)).toEqual([]), WITHIN);
      await harness.register(`${prefix}-moving`, 7021);
      await vi.waitFor(() => expect(told.at(-1)).toEqual([7021]), WITHIN);
      await harness.register(`${prefix}-moving`, 7022);
      await vi.waitFor(() => expect(told.at(-1)).toEqual([7021, 7022]), WITHIN);
      await harness.deregister(`${prefix}-moving`, 7021);
      await vi.waitFor(() => expect(told.at(-1)).toEqual([7022]), WITHIN);
      await harness.deregister(`${prefix}-moving`, 7022);
      await vi.waitFor(() => expect(told.at(-1)).toEqual([]), WITHIN);
      await harness.register(`${prefix}-moving`, 7023);
      await vi.waitFor(() => expect(told.at(-1)).toEqual([7023]), WITHIN);
      expect(await portsOf(source, `${prefix}-moving`)).toEqual([7023]);
      expect(told.filter((ports, i) => i > 0 && String(ports) === String(told[i - 1]))).toEqual([]);
      end();
    });

    test('whoever subscribes later is told the list as well', async () => {
      await harness.register(`${prefix}-shared`, 7031);
      await vi.waitFor(async () => expect(await portsOf(source, `${prefix}-shared`)).toEqual([7031]), WITHIN);
      const first = listen(source, `${prefix}-shared`);
      await vi.waitFor(() => expect(first.told).toEqual([[7031]]), WITHIN);
      const second = listen(source, `${prefix}-shared`);
      expect(second.told).toEqual([]);
      await vi.waitFor(() => expect(second.told).toEqual([[7031]]), WITHIN);
      first.end();
      await harness.register(`${prefix}-shared`, 7032);
      await vi.waitFor(() => expect(second.told.at(-1)).toEqual([7031, 7032]), WITHIN);
      expect(first.told).toEqual([[7031]]);
      second.end();
      second.end();
    });

    test('a listener that throws keeps nothing from the others', async () => {
      const thrower = source.subscribe(`${prefix}-thrower`, () => {
        throw new Error('of a listener');
      });
      const { told, end } = listen(source, `${prefix}-thrower`);
      await harness.register(`${prefix}-thrower`, 7041);
      await vi.waitFor(() => expect(told.at(-1)).toEqual([7041]), WITHIN);
      thrower();
      end();
    });

    test('a closed source says that it is closed, and tells nobody anything', async () => {
      const { told } = listen(source, `${prefix}-closed`);
      await source.close();
      await source.close();
      const before = told.length;
      await harness.register(`${prefix}-closed`, 7051);
      await expect(source.listServices()).rejects.toMatchObject({ failure: 'CLOSED' });
      await expect(source.listInstances(`${prefix}-closed`)).rejects.toMatchObject({ failure: 'CLOSED' });
      expect(() => source.subscribe(`${prefix}-closed`, () => undefined)).toThrow('closed');
      expect(told).toHaveLength(before);
    });
  });
}

/** Subscribes, and collects the ports of each list that is told. */
export function listen(source: RegistrySource, serviceName: string): { told: number[][]; end: () => void } {
  const told: number[][] = [];
  const end = source.subscribe(serviceName, (instances) => {
    told.push(instances.map((instance) => instance.port).sort());
  });
  return { told, end };
}

export async function portsOf(source: RegistrySource, serviceName: string): Promise<number[]> {
  return (await source.listInstances(serviceName)).map((instance) => instance.port).sort();
}
