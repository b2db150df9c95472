import { expect, test } from 'vitest';
import { addVerified } from './add-verified.ts';
import { endsWhole } from './fetch-export.ts';

test('an export is whole when its last line says so', () => {
  const end = '{"type":"end","position":{"epoch":"e","revision":2},"hash":"00"}';
  expect(endsWhole(`{"type":"item"}\n${end}\n`)).toBe(true);
  expect(endsWhole(`{"type":"item"}\n${end}`)).toBe(false);
  expect(endsWhole('{"type":"item"}\n')).toBe(false);
  expect(endsWhole('')).toBe(false);
});

test('portions of a checked log add up', () => {
  const part = {
    isIntact: true,
    isComplete: false,
    nextFrom: 'e-51',
    checkedCount: 50,
    unchainedCount: 1,
    erasedCount: 2,
    trimmedCount: 3,
    anchor: { position: { epoch: 'e', revision: 60 }, hash: '00' },
    fault: null,
  };
  expect(addVerified(part, { ...part, checkedCount: 10, isComplete: true, nextFrom: null })).toEqual({
    ...part,
    isComplete: true,
    nextFrom: null,
    checkedCount: 60,
    unchainedCount: 2,
    erasedCount: 4,
    trimmedCount: 6,
  });
});
