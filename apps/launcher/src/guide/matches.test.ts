import { expect, test } from 'vitest';
import { matchesShown, matchesText } from './matches.ts';
import { readGuide } from './read-guide.ts';

test('an answer may have more fields than a guide shows, but none that differs or is missing', () => {
  const answer = { status: 'up', parts: { database: { status: 'up' } }, counts: 3 };
  expect(matchesShown(answer, { parts: { database: { status: 'up' } } })).toBe(true);
  expect(matchesShown(answer, { parts: { database: { status: 'down' } } })).toBe(false);
  expect(matchesShown(answer, { parts: { redis: {} } })).toBe(false);
  expect(matchesShown(answer, { counts: 4 })).toBe(false);
});

test('a list is as long as shown, and each entry stands for one of its own', () => {
  const items = [
    { id: 'a', at: 1 },
    { id: 'b', at: 2 },
  ];
  expect(matchesShown(items, [{ id: 'b' }, { id: 'a' }])).toBe(true);
  expect(matchesShown(items, [{ id: 'a' }])).toBe(false);
  expect(matchesShown(items, [{ id: 'a' }, { id: 'a' }])).toBe(false);
});

test('an ellipsis stands for anything, everything else for itself', () => {
  expect(matchesText('v24.21.0\n', 'v24.…')).toBe(true);
  expect(matchesText('v24', 'v24.…')).toBe(false);
  expect(matchesText('v2424', 'v24.')).toBe(false);
  expect(matchesShown('127.0.0.1:40123', '127.0.0.1:…')).toBe(true);
});

test('steps are the numbered headings, with their blocks and what is said about them', () => {
  const fence = '```';
  const text = `# Title\n\n## 1. One\n\n${fence}sh start=api\nnode x\n${fence}\n\n${fence}json\n{}\n${fence}\n\n## Others\n`;
  expect(readGuide(text)).toEqual([
    {
      title: '1. One',
      blocks: [
        { language: 'sh', start: 'api', stop: undefined, text: 'node x\n' },
        { language: 'json', start: undefined, stop: undefined, text: '{}\n' },
      ],
    },
  ]);
});
