import { expect, test } from 'vitest';
import { backOffMs, createSseParser } from './read-sse.ts';

const text = ': welcome\nid: e-7\nevent: change\ndata: {"a":1,\ndata: "b":2}\n\ndata:plain\n\n';
const expected = [
  { event: 'change', data: '{"a":1,\n"b":2}', id: 'e-7' },
  { event: 'message', data: 'plain', id: 'e-7' },
];

test('events are read the same however the text is cut', () => {
  for (let size = 1; size <= text.length; size++) {
    const parser = createSseParser();
    const events = [];
    for (let at = 0; at < text.length; at += size) events.push(...parser.feed(text.slice(at, at + size)));
    expect(events).toEqual(expected);
  }
});

test('CRLF and CR end lines too', () => {
  expect(createSseParser().feed(text.replaceAll('\n', '\r\n'))).toEqual(expected);
  // The last CR might be half of a CRLF, so one more character is needed to end the line.
  expect(createSseParser().feed(`${text.replaceAll('\n', '\r')}:`)).toEqual(expected);
});

test('an event that is not complete is held back', () => {
  const parser = createSseParser();
  expect(parser.feed('data: 1\n')).toEqual([]);
  expect(parser.feed('\n')).toEqual([{ event: 'message', data: '1', id: '' }]);
});

test('comments and events without data are no events', () => {
  expect(createSseParser().feed(': ping\n\nevent: change\n\n')).toEqual([]);
});

test('the wait before another attempt doubles up to its cap and never falls below a quarter of a second', () => {
  const most = Array.from({ length: 10 }, (_, attempt) => backOffMs(attempt, () => 1));
  expect(most.slice(0, 4)).toEqual([750, 1250, 2250, 4250]);
  expect(most.at(-1)).toBe(15_250);
  expect(backOffMs(9, () => 0)).toBe(250);
});
