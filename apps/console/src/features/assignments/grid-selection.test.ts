import { expect, test } from 'vitest';
import { boundsOf, clamp, countOf, isSelected, type Selection, selectByKey, single } from './grid-selection.ts';

const size = { rowCount: 100, columnCount: 10, pageRows: 20 };
const at = (row: number, column: number) => ({ row, column });
const press = (selection: Selection, key: string, modifiers: { shift?: boolean; command?: boolean } = {}) =>
  selectByKey(selection, { key, shiftKey: modifiers.shift ?? false, isCommand: modifiers.command ?? false }, size);

test('an arrow moves the active cell and drops the range', () => {
  expect(press({ anchor: at(1, 1), focus: at(3, 3) }, 'ArrowDown')).toEqual(single(at(4, 3)));
});

test('Shift with an arrow grows the range from its anchor', () => {
  let selection = single(at(5, 5));
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight'])
    selection = press(selection, key, { shift: true }) ?? selection;
  expect(selection).toEqual({ anchor: at(5, 5), focus: at(7, 6) });
  expect(countOf(selection)).toEqual({ rows: 3, columns: 2, cells: 6 });
});

test('a range upwards and to the left counts the same cells', () => {
  const selection = { anchor: at(7, 6), focus: at(5, 5) };
  expect(boundsOf(selection)).toEqual({ top: 5, bottom: 7, left: 5, right: 6 });
  expect(isSelected(selection, 6, 5)).toBe(true);
  expect(isSelected(selection, 8, 5)).toBe(false);
  expect(isSelected(selection, 6, 4)).toBe(false);
});

test('the edges stop every move', () => {
  expect(press(single(at(0, 0)), 'ArrowUp')).toEqual(single(at(0, 0)));
  expect(press(single(at(0, 0)), 'ArrowLeft')).toEqual(single(at(0, 0)));
  expect(press(single(at(99, 9)), 'ArrowDown')).toEqual(single(at(99, 9)));
  expect(press(single(at(99, 9)), 'ArrowRight')).toEqual(single(at(99, 9)));
  expect(press(single(at(95, 0)), 'PageDown')).toEqual(single(at(99, 0)));
});

test('Ctrl goes to the edge, Home and End to the ends of the row', () => {
  expect(press(single(at(50, 5)), 'ArrowDown', { command: true })).toEqual(single(at(99, 5)));
  expect(press(single(at(50, 5)), 'Home')).toEqual(single(at(50, 0)));
  expect(press(single(at(50, 5)), 'End', { command: true })).toEqual(single(at(99, 9)));
});

test('Ctrl+A takes everything, Shift+Space the row, Ctrl+Space the column', () => {
  const cell = single(at(50, 5));
  expect(press(cell, 'a', { command: true })).toEqual({ anchor: at(0, 0), focus: at(99, 9) });
  expect(press(cell, ' ', { shift: true })).toEqual({ anchor: at(50, 0), focus: at(50, 9) });
  expect(press(cell, ' ', { command: true })).toEqual({ anchor: at(0, 5), focus: at(99, 5) });
});

test('Escape leaves the active cell alone', () => {
  expect(press({ anchor: at(1, 1), focus: at(3, 3) }, 'Escape')).toEqual(single(at(3, 3)));
});

test('other keys are left to the browser', () => {
  expect(press(single(at(0, 0)), 'Tab')).toBeUndefined();
  expect(press(single(at(0, 0)), 'a')).toBeUndefined();
});

test('a selection is pulled into a table that has shrunk', () => {
  expect(clamp({ anchor: at(5, 5), focus: at(90, 9) }, { ...size, rowCount: 10 })).toEqual({
    anchor: at(5, 5),
    focus: at(9, 9),
  });
  expect(clamp(single(at(0, 0)), { ...size, rowCount: 0 })).toBeUndefined();
});
