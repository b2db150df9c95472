import { readdirSync, readFileSync } from 'node:fs';
import { buildSnapshot, createDecisionEnv, type DecisionRequest, explain, type SnapshotSource } from '@grey/route-core';
import { expect, test } from 'vitest';
import { balancer, outcomes, reason } from '../../locales/en.json';
import { stages } from './group-steps.ts';

interface Vectors {
  readonly cases: readonly {
    source: SnapshotSource;
    lease?: 'held' | 'out' | 'lost';
    now?: number;
    requests: readonly { request: DecisionRequest }[];
  }[];
}

const folder = new URL('../../../../../packages/route-core/vectors/', import.meta.url);
const steps = readdirSync(folder)
  .flatMap((name) => (JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Vectors).cases)
  .flatMap(({ source, lease: state = 'held', now = 0, requests }) => {
    const snapshot = buildSnapshot(source);
    const lease = { isHeld: () => state === 'held', isLost: state === 'lost' };
    const env = createDecisionEnv({ lease, now: () => now, random: () => 0.5 });
    return requests.flatMap(({ request }) => explain(snapshot, request, env).steps);
  });

const words = outcomes as unknown as Record<string, Record<string, string>>;
const sentenceOf = (step: string, outcome: string) => {
  if (step === 'instance') return balancer[outcome as 'random'];
  return (step === 'version' ? reason[outcome as 'RULE'] : undefined) ?? words[step]?.[outcome];
};

test('every step that the golden vectors meet has a sentence and a stage', () => {
  const met = new Set(steps.map(({ step, outcome }) => `${step} ${outcome}`));
  expect(met.size).toBeGreaterThan(40);
  expect([...met].filter((one) => !sentenceOf(...(one.split(' ') as [string, string])))).toEqual([]);
  const staged = new Set<string>(stages.flatMap((stage) => stage.steps));
  expect([...new Set(steps.map(({ step }) => step))].filter((step) => !staged.has(step))).toEqual([]);
});

test('a sentence asks only for what its step tells', () => {
  const lacking = steps.flatMap(({ step, outcome, detail, version }) => {
    const values = new Set([...Object.keys(detail), ...(version === undefined ? [] : ['version'])]);
    return [...(sentenceOf(step, outcome)?.matchAll(/\{\{(\w+)\}\}/g) ?? [])]
      .filter((match) => !values.has(match[1] ?? ''))
      .map((match) => `${step} ${outcome}: ${match[1]}`);
  });
  expect([...new Set(lacking)]).toEqual([]);
});
