import { expect, test } from 'vitest';
import { parseArguments } from './parse-arguments.ts';

test('nothing asked for is one process with the demo', () => {
  expect(parseArguments([])).toEqual({ isDemoWanted: true, replicaCount: 1 });
});

test('both ways of writing a number of replicas are understood', () => {
  expect(parseArguments(['--replicas', '3'])).toEqual({ isDemoWanted: true, replicaCount: 3 });
  expect(parseArguments(['--no-demo', '--replicas=8'])).toEqual({ isDemoWanted: false, replicaCount: 8 });
});

test.each(['0', '9', '-1', '2.5', 'three', '', '1e1', ' 3'])('%j replicas are refused in one sentence', (text) => {
  expect(() => parseArguments([`--replicas=${text}`])).toThrow(/^--replicas takes a whole number from 1 to 8: [^\n]*$/);
});

test.each([[['--replica', '3']], [['--replicas']], [['--replicas', '--no-demo']], [['3']]])(
  '%j is refused with what there is instead',
  (args) => {
    expect(() => parseArguments(args)).toThrow(/^[^\n]*npm start takes --no-demo and --replicas[^\n]*$/);
  },
);
