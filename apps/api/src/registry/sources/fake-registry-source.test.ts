import { expect, test, vi } from 'vitest';
import { describeSourceContract, listen } from '../../../test/registry-source-contract.ts';
import { type FakeInstance, FakeRegistrySource } from './fake-registry-source.ts';

describeSourceContract('The fake', 'fake', async () => {
  const source = new FakeRegistrySource();
  const byService = new Map<string, FakeInstance[]>();
  const change = async (serviceName: string, instances: FakeInstance[]) => {
    byService.set(serviceName, instances);
    source.setInstances(serviceName, instances);
  };
  const others = (serviceName: string, port: number) =>
    (byService.get(serviceName) ?? []).filter((one) => one.port !== port);
  return {
    source,
    register: (serviceName, port, metadata = {}) =>
      change(serviceName, [...others(serviceName, port), { ip: '127.0.0.1', port, metadata }]),
    deregister: (serviceName, port) => change(serviceName, others(serviceName, port)),
    close: () => source.close(),
  };
});

test('a failing fake throws, pushes nothing, and makes up for it when it recovers', async () => {
  const source = new FakeRegistrySource();
  source.setInstances('orders', [{ ip: '127.0.0.1', port: 1 }]);
  const { told } = listen(source, 'orders');
  await vi.waitFor(() => expect(told).toEqual([[1]]));
  source.fail('REFUSED');
  source.setInstances('orders', []);
  await expect(source.listServices()).rejects.toMatchObject({ failure: 'REFUSED' });
  await expect(source.listInstances('orders')).rejects.toMatchObject({ failure: 'REFUSED' });
  expect(told).toEqual([[1]]);
  source.recover();
  expect(told).toEqual([[1], []]);
});
