import { expect, test } from 'vitest';
import type { Child } from './start-child.ts';
import { startReplicas, watchReplicas } from './start-replicas.ts';

const urls = ['http://h:1', 'http://h:2', 'http://h:3'];

test('the others begin when the first is ready, for it sets the database up', async () => {
  const steps: string[] = [];
  const replicas = await startReplicas(
    urls,
    (number) => {
      steps.push(`start ${number}`);
      return fakeChild(number).child;
    },
    async (_child, url) => {
      await Promise.resolve();
      steps.push(`ready ${url}`);
    },
  );
  expect(replicas.map(({ number, url }) => [number, url])).toEqual(urls.map((url, index) => [index + 1, url]));
  expect(steps.slice(0, 4)).toEqual(['start 1', 'ready http://h:1', 'start 2', 'start 3']);
  expect(steps.slice(4).sort()).toEqual(['ready http://h:2', 'ready http://h:3']);
});

test('a replica that is never ready ends the start', async () => {
  const waitForOne = async (_child: Child, url: string) => {
    if (url === urls[1]) throw new Error('its last words');
  };
  await expect(startReplicas(urls, (number) => fakeChild(number).child, waitForOne)).rejects.toThrow('its last words');
});

test('each end is told in one sentence while others live, and the last one is handed back', async () => {
  const { children, replicas } = makeReplicas();
  const said: string[] = [];
  const watched = watchReplicas(replicas, new AbortController().signal, (sentence) => said.push(sentence));
  children[1]?.end();
  await children[1]?.child.ended;
  children[0]?.end();
  await children[0]?.child.ended;
  children[2]?.end();
  expect(await watched).toBe(replicas[2]);
  expect(said).toHaveLength(2);
  expect(said[0]).toMatch(/^Replica 2 at http:\/\/h:2 \(process 102\) ended by itself, .*api-2\.log; 2 of 3 go on\.$/);
  expect(said[1]).toMatch(/^Replica 1 at http:\/\/h:1 \(process 101\) .*; 1 of 3 goes on\.$/);
});

test('an end that was asked for is not told', async () => {
  const { children, replicas } = makeReplicas();
  const said: string[] = [];
  const stopping = new AbortController();
  const watched = watchReplicas(replicas, stopping.signal, (sentence) => said.push(sentence));
  stopping.abort();
  for (const { end } of children) end();
  await watched;
  expect(said).toEqual([]);
});

function makeReplicas() {
  const children = urls.map((_, index) => fakeChild(index + 1));
  const replicas = urls.map((url, index) => ({
    number: index + 1,
    url,
    child: (children[index] as (typeof children)[number]).child,
  }));
  return { children, replicas };
}

function fakeChild(number: number): { child: Child; end: () => void } {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const child = { name: number === 1 ? 'api' : `api-${number}`, pid: 100 + number, ended } as Child;
  return { child, end };
}
