import { describe, expect, test } from 'vitest';
import { CliError } from '../cli-error.ts';
import type { ApplyStep, StepContext } from './apply-step.ts';
import { canonicalConfig } from './canonical-config.ts';
import { diffConfigs } from './diff-configs.ts';
import { planApply } from './plan-apply.ts';
import type { Live } from './read-live.ts';
import { runSteps } from './run-steps.ts';

const liveOf = (parts: object, draftBy: string | null = null): Live => ({
  config: canonicalConfig({ format: 'grey/1', ...parts }),
  etags: new Map(),
  rules: new Map([['orders', { number: 1, draftBy }]]),
});
const plan = (live: Live, parts: object, wishes = { isPruning: false, mayDiscardDrafts: false }) =>
  planApply(diffConfigs(live.config, canonicalConfig({ format: 'grey/1', ...parts })), live, wishes);
const variants = [
  { name: 'a', version: 'v1', weight: 5000 },
  { name: 'b', version: 'v2', weight: 5000 },
];

describe('a plan', () => {
  test('names nothing before it is there, and retires what nothing names any more', () => {
    const { steps } = plan(liveOf({ services: [] }), {
      services: [
        {
          id: 'orders',
          fallback: 'version',
          fallbackVersion: 'v1',
          defaultVersions: [{ version: 'v2', weight: 10_000 }],
          versions: [
            { version: 'v1' },
            { version: 'v2', flags: [{ name: 'f', value: true }] },
            { version: 'v0', status: 'retired' },
          ],
          rules: { rules: [{ id: 'r', name: 'r', target: { kind: 'lane', tag: 'summer' } }] },
          experiments: [{ id: 'x', unit: { by: 'user' }, variants }],
        },
      ],
      lanes: [{ tag: 'summer', versions: [{ serviceId: 'orders', version: 'v2' }] }],
      assignments: { acorn: { orders: 'v2' } },
    });
    expect(steps.map(({ title }) => title)).toEqual([
      'create service orders',
      'create version orders v0',
      'create version orders v1',
      'create version orders v2',
      'set flags of orders v2',
      'create lane summer',
      'change service orders: defaultVersions, fallback, fallbackVersion',
      'publish rules of orders',
      'create experiment orders x',
      'move 1 assignments',
      'change version orders v0: status',
    ]);
  });

  test('changes of a channel what it is told, and nothing that is a secret', () => {
    const settings = { kind: 'webhook', format: 'slack', language: 'en', template: null, origin: 'https://a.example' };
    const channel = { name: 'night', isEnabled: true, settings: { ...settings, signingKeyIds: [] }, subscriptions: [] };
    const live = liveOf({ channels: [channel] });
    const titles = (channels: object[]) => {
      const { steps, blocked, left } = plan(live, { channels }, { isPruning: true, mayDiscardDrafts: false });
      return [...steps.map(({ title }) => title), ...blocked, ...left.map(({ names }) => `left ${names.join(' ')}`)];
    };
    expect(titles([{ ...channel, isEnabled: false }])).toEqual(['change channel night: isEnabled']);
    const elsewhere = { ...channel.settings, origin: 'https://b.example' };
    expect(titles([{ ...channel, settings: elsewhere }])).toEqual([
      'channel night: where it leads, and how, is changed in the console',
    ]);
    expect(titles([channel, { ...channel, name: 'day' }])).toEqual([
      'channel day: its address is a secret and in no file; make it in the console',
    ]);
    expect(titles([])).toEqual(['left night']);
  });

  test('is blocked where the API has no way to what the file says', () => {
    const live = liveOf({
      services: [
        {
          id: 'orders',
          versions: [{ version: 'v1', ordinal: 1 }],
          experiments: [{ id: 'x', unit: { by: 'user' }, variants }],
        },
      ],
    });
    const { blocked } = plan(live, {
      services: [
        {
          id: 'orders',
          versions: [{ version: 'v1', ordinal: 2 }],
          experiments: [{ id: 'x', unit: { by: 'tenant' }, variants }],
        },
      ],
    });
    expect(blocked).toEqual([
      'version orders v1: the ordinal of a version cannot change',
      'experiment orders x: unit cannot change; give the experiment another id',
    ]);
  });

  test("is blocked by somebody's draft until its loss is agreed to", () => {
    const parts = { services: [{ id: 'orders', rules: { normalizePath: true, rules: [] } }] };
    const live = liveOf({ services: [{ id: 'orders' }] }, 'mei');
    expect(plan(live, parts).blocked).toEqual(['rules of orders: mei has a draft; --discard-drafts throws it away']);
    expect(plan(live, parts, { isPruning: false, mayDiscardDrafts: true }).steps).toHaveLength(1);
  });

  test('deletes only when it is to prune, and services and versions never', () => {
    const live = liveOf({
      services: [{ id: 'orders', versions: [{ version: 'v1' }] }, { id: 'stock' }],
      lanes: [{ tag: 'summer', versions: [] }],
      assignments: { acorn: { orders: 'v1' } },
    });
    const nothing = { services: [{ id: 'orders', versions: [] }], lanes: [], assignments: {} };
    expect(plan(live, nothing)).toMatchObject({ steps: [], left: [{}, {}, {}, {}] });
    const pruned = plan(live, nothing, { isPruning: true, mayDiscardDrafts: false });
    expect(pruned.steps.map(({ title }) => title)).toEqual(['delete lane summer', 'move 1 assignments']);
    expect(pruned.left.map(({ names }) => names.join(' '))).toEqual(['orders v1', 'stock']);
    expect(pruned.cells).toEqual([
      { tenantId: 'acorn', serviceId: 'orders', targetVersion: null, currentVersion: 'v1' },
    ]);
  });

  test('moves many assignments in portions, each with what was seen there', () => {
    const cells = (version: string) =>
      Object.fromEntries(Array.from({ length: 25_000 }, (_, i) => [`t${i}`, { orders: version }]));
    const { steps, cells: moved } = plan(liveOf({ assignments: cells('v1') }), { assignments: cells('v2') });
    expect(steps.map(({ title }) => title)).toEqual([
      'move 10000 assignments (1 of 3)',
      'move 10000 assignments (2 of 3)',
      'move 5000 assignments (3 of 3)',
    ]);
    expect(new Set(moved.map(({ currentVersion, targetVersion }) => `${currentVersion} ${targetVersion}`))).toEqual(
      new Set(['v1 v2']),
    );
  });
});

test('the first step that fails ends the run, and every step is told', async () => {
  const step = (title: string, run: ApplyStep['run']): ApplyStep => ({ phase: 1, title, run });
  const told: string[] = [];
  const steps = [
    step('one', async () => 'set 1'),
    step('two', async () => {
      throw new CliError('REFUSED', 'no');
    }),
    step('three', async () => undefined),
  ];
  await runSteps(steps, {} as StepContext, ({ title, outcome, detail }) => told.push(`${title} ${outcome} ${detail}`));
  expect(told).toEqual(['one done set 1', 'two failed no', 'three not_tried undefined']);
});
