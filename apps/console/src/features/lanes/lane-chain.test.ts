import { expect, test } from 'vitest';
import { layOut, sizes } from './chain-layout.ts';
import { chainOf } from './lane-chain.ts';

const services = [
  { id: 'cart', defaultVersions: [{ version: '1.0', weight: 10_000 }] },
  {
    id: 'order',
    defaultVersions: [
      { version: '1.0', weight: 9_000 },
      { version: '1.1', weight: 1_000 },
    ],
  },
  { id: 'stock', defaultVersions: [] },
];
const versions = [
  { serviceId: 'order', version: '2.0' },
  { serviceId: 'gone', version: '9.0' },
];

test('a permissive lane passes through where it has no version, a strict one refuses', () => {
  const of = (mode: 'strict' | 'permissive') =>
    chainOf({ mode, versions }, services).services.map(
      ({ serviceId, course, laneVersion, base }) => `${serviceId} ${course} ${laneVersion} / ${base}`,
    );
  expect(of('permissive')).toEqual([
    'order named 2.0 / 1.0 90 % · 1.1 10 %',
    'gone named 9.0 / null',
    'cart passes 1.0 / 1.0',
    'stock passes null / null',
  ]);
  expect(of('strict').slice(2)).toEqual(['cart refused null / 1.0', 'stock refused null / null']);
  expect(chainOf({ mode: 'strict', versions }, services).services[1]?.isUnknown).toBe(true);
});

test('of hundreds of services those that the lane does not name are counted beyond twenty columns', () => {
  const many = Array.from({ length: 300 }, (_, index) => ({ id: `s${index}`, defaultVersions: [] }));
  const chain = chainOf({ mode: 'permissive', versions: [{ serviceId: 's7', version: '2' }] }, many);
  expect(chain.services.length).toBe(20);
  expect(chain.services[0]?.serviceId).toBe('s7');
  expect(chain.moreCount).toBe(280);
});

test('the picture is never wider than the page, and no two services share a place', () => {
  const many = Array.from({ length: 20 }, (_, index) => ({ id: `s${index}`, defaultVersions: [] }));
  const { services: chain } = chainOf({ mode: 'permissive', versions: [] }, many);
  for (const width of [800, 1_240]) {
    const { placed, ...layout } = layOut(chain, width);
    expect(layout.width).toBeLessThanOrEqual(width);
    expect(new Set(placed.map(({ x, top }) => `${x} ${top}`)).size).toBe(20);
    for (const { x, top, baseY } of placed) {
      expect(x + sizes.box / 2).toBeLessThanOrEqual(layout.width);
      expect(baseY - sizes.boxHeight).toBeGreaterThan(top);
      expect(baseY + sizes.boxHeight).toBeLessThanOrEqual(layout.height);
    }
  }
});
