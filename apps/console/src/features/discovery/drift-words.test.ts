import { expect, test } from 'vitest';
import {
  type DiscoveryService,
  DiscoverySourceBreaker,
  DiscoverySourceState,
  InstanceSource,
} from '../../api/generated/model/index.ts';
import en from '../../locales/en.json';
import { driftFirst, missingByPlace } from './drift-words.ts';

test('instances are gathered by where they are missing, in the order in which they travel', () => {
  const drift = [
    { instanceId: 'b', missingIn: 'memory' },
    { instanceId: 'a', missingIn: 'redis' },
    { instanceId: 'c', missingIn: 'memory' },
  ] as const;
  expect(missingByPlace(drift)).toEqual([
    { place: 'redis', instanceIds: ['a'] },
    { place: 'memory', instanceIds: ['b', 'c'] },
  ]);
  expect(missingByPlace([])).toEqual([]);
});

test('services with drift come first, each group by id', () => {
  const service = (serviceId: string, hasDrift: boolean) => ({ serviceId, hasDrift }) as DiscoveryService;
  const ordered = driftFirst([service('b', false), service('z', true), service('a', false), service('c', true)]);
  expect(ordered.map(({ serviceId }) => serviceId)).toEqual(['c', 'z', 'a', 'b']);
});

test('every source, state and breaker of the contract has words', () => {
  expect(Object.keys(en.discovery.names).sort()).toEqual(Object.values(InstanceSource).sort());
  expect(Object.keys(en.discovery.states).sort()).toEqual(Object.values(DiscoverySourceState).sort());
  expect(Object.keys(en.discovery.breakers).sort()).toEqual(Object.values(DiscoverySourceBreaker).sort());
});
