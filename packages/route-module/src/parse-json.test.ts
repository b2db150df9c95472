import { describe, expect, it } from 'vitest';
import { parseJson } from './parse-json.ts';

const parse = (text: string, maxDepth = 4) => parseJson(Buffer.from(text), maxDepth);

describe('parsing a body', () => {
  it('gives the value of valid JSON', () => {
    expect(parse('{"a":["ä",1]}')).toEqual({ ok: true, value: { a: ['ä', 1] } });
  });

  it.each([' ', '{', '{"a":}', "{'a':1}"])('refuses %j', (text) => {
    expect(parse(text)).toMatchObject({ ok: false, code: 'BODY_NOT_JSON' });
  });

  it('skips a byte order mark and takes no bytes for no body', () => {
    expect(parse('\ufeff{}')).toEqual({ ok: true, value: {} });
    expect(parse('')).toEqual({ ok: true, value: undefined });
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(parseJson(Buffer.from([0x22, 0xff, 0x22]), 4)).toMatchObject({ ok: false, code: 'BODY_NOT_JSON' });
  });

  it('counts nesting up to the bound and not beyond', () => {
    expect(parse('[[[[1]]]]').ok).toBe(true);
    expect(parse('[[[[[1]]]]]')).toMatchObject({ ok: false, code: 'BODY_TOO_DEEP' });
    expect(parse(`${'['.repeat(60_000)}`)).toMatchObject({ ok: false, code: 'BODY_TOO_DEEP' });
  });

  it('does not take brackets inside strings for nesting', () => {
    expect(parse('{"a":"[[[[[[\\"[[[[[["}').ok).toBe(true);
  });
});
