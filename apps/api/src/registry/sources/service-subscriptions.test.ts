import { beforeEach, expect, test, vi } from 'vitest';
import type { SourceInstance } from './registry-source.ts';
import { ServiceSubscriptions } from './service-subscriptions.ts';

const instance = (port: number) => ({ instanceId: `i${port}`, port }) as SourceInstance;
const onListenerFailed = vi.fn();
let subscriptions: ServiceSubscriptions;
beforeEach(() => {
  onListenerFailed.mockReset();
  subscriptions = new ServiceSubscriptions(onListenerFailed);
});

function listenTo(serviceName: string): { told: number[][]; end: () => { isLast: boolean } | undefined } {
  const told: number[][] = [];
  const end = subscriptions.add(serviceName, (instances) => void told.push(instances.map(({ port }) => port)));
  return { told, end };
}

test('an answer that was overtaken by a newer one says nothing', () => {
  const { told } = listenTo('orders');
  const early = subscriptions.beginReading();
  const late = subscriptions.beginReading();
  subscriptions.tell('orders', [instance(2)], late);
  subscriptions.tell('orders', [instance(1)], early);
  expect(told).toEqual([[2]]);
});

test('the same list in another order is no change', () => {
  const { told } = listenTo('orders');
  subscriptions.tell('orders', [instance(2), instance(1)], subscriptions.beginReading());
  subscriptions.tell('orders', [instance(1), instance(2)], subscriptions.beginReading());
  expect(told).toEqual([[1, 2]]);
});

test('a first list is told though it is empty', () => {
  const { told } = listenTo('orders');
  subscriptions.tell('orders', [], subscriptions.beginReading());
  expect(told).toEqual([[]]);
  expect(subscriptions.knownCount('orders')).toBe(0);
});

test('whoever comes later is told once, and the newest', async () => {
  const first = listenTo('orders');
  subscriptions.tell('orders', [instance(1)], subscriptions.beginReading());
  const second = listenTo('orders');
  subscriptions.tell('orders', [instance(2)], subscriptions.beginReading());
  await Promise.resolve();
  expect(first.told).toEqual([[1], [2]]);
  expect(second.told).toEqual([[2]]);
});

test('the last to leave is known, and what was known of the service is forgotten', () => {
  const first = listenTo('orders');
  const second = listenTo('orders');
  subscriptions.tell('orders', [instance(1)], subscriptions.beginReading());
  expect(first.end()).toEqual({ isLast: false });
  expect(first.end()).toBeUndefined();
  expect(second.end()).toEqual({ isLast: true });
  expect(subscriptions.has('orders')).toBe(false);
  subscriptions.tell('orders', [instance(2)], subscriptions.beginReading());
  expect(second.told).toEqual([[1]]);
});

test('a listener that ends another while it is told keeps that one from being told', () => {
  const ends: (() => unknown)[] = [];
  subscriptions.add('orders', () => void ends[0]?.());
  const second = listenTo('orders');
  ends.push(second.end);
  subscriptions.tell('orders', [instance(1)], subscriptions.beginReading());
  expect(second.told).toEqual([]);
});

test('what a listener throws is reported, and kept from the others', () => {
  subscriptions.add('orders', () => {
    throw new Error('of a listener');
  });
  const { told } = listenTo('orders');
  subscriptions.tell('orders', [instance(1)], subscriptions.beginReading());
  expect(told).toEqual([[1]]);
  expect(onListenerFailed).toHaveBeenCalledWith('orders', expect.objectContaining({ message: 'of a listener' }));
});
