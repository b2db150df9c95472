import { changeEntryFields, changeFormat } from '@grey/contracts';
import { describe, expect, it } from 'vitest';
import type { PublishedChange } from './publication.ts';
import type { StreamEntry } from './redis-reader.ts';
import { ChangeAssembler, type PackedChange, packChange, UnknownFormatError } from './stream-codec.ts';

const upsert = Array.from({ length: 200 }, (_, i) => ({
  tenantId: `t${Math.imul(i, 0x9e3779b1) >>> 0}`,
  serviceId: 'pay-支付',
  version: '1.0.0',
  isPinned: false,
}));
const change: PublishedChange = {
  changeId: 'e-7',
  at: '2026-11-21T10:00:00.000Z',
  delta: { epoch: 'e', revision: 7, assignments: { upsert } },
  tenants: { upsert: [], remove: [] },
};
const received = { changeId: 'e-7', at: change.at, epoch: 'e', revision: 7, delta: change.delta };

function entriesOf(packed: PackedChange, revision = packed.revision): StreamEntry[] {
  const { format, changeId, at, epoch, encoding, parts } = packed;
  return parts.map((payload, part) => {
    const fields = { v: format, id: changeId, epoch, at, part, parts: parts.length, encoding };
    const texts = Object.entries(fields).map(([name, value]) => [name, Buffer.from(String(value))] as const);
    return { id: `${revision}-${part}`, fields: new Map([...texts, ['payload', payload]]) };
  });
}

describe('a change in the stream', () => {
  it('is one entry of plain JSON while it is small', () => {
    const packed = packChange(change);
    expect([packed.encoding, packed.parts.length]).toEqual(['json', 1]);
    expect(new ChangeAssembler().take(entriesOf(packed)[0]!)).toEqual(received);
  });

  it('says the smallest format that says all of it', () => {
    expect(packChange(change).format).toBe(1);
    expect(packChange({ ...change, delta: { ...change.delta, lanes: { remove: ['beta'] } } }).format).toBe(2);
  });

  it('is compressed and cut when it is large, and whole only with its last part', () => {
    const packed = packChange(change, 500);
    const entries = entriesOf(packed);
    expect(packed.encoding).toBe('gzip');
    expect(entries.length).toBeGreaterThan(2);
    expect(Math.max(...packed.parts.map((part) => part.length))).toBeLessThanOrEqual(500);
    const assembler = new ChangeAssembler();
    for (const entry of entries.slice(0, -1)) {
      expect(assembler.take(entry)).toBeUndefined();
      expect(assembler.isWaiting).toBe(true);
    }
    expect(assembler.take(entries.at(-1)!)).toEqual(received);
    expect(assembler.isWaiting).toBe(false);
  });

  it('does not come together when a part is missing or its beginning was not seen', () => {
    const entries = entriesOf(packChange(change, 500));
    const assembler = new ChangeAssembler();
    for (const entry of entries.slice(1)) expect(assembler.take(entry)).toBeUndefined();
    expect(assembler.isWaiting).toBe(false);
    for (const entry of [entries[0]!, ...entries.slice(2)]) expect(assembler.take(entry)).toBeUndefined();
    expect(assembler.isWaiting).toBe(false);
    const whole = entries.map((entry) => assembler.take(entry));
    expect(whole.at(-1)).toEqual(received);
  });

  it('is refused in a format of later programs, and when it is damaged', () => {
    const [entry] = entriesOf(packChange(change));
    const having = (name: string, value: string) => ({
      id: entry!.id,
      fields: new Map([...entry!.fields, [name, Buffer.from(value)]]),
    });
    const take = (one: StreamEntry) => () => new ChangeAssembler().take(one);
    expect(take(having(changeEntryFields.format, String(changeFormat + 1)))).toThrow(UnknownFormatError);
    expect(take(having(changeEntryFields.format, ''))).toThrow(UnknownFormatError);
    expect(take(having(changeEntryFields.payload, '{'))).toThrow();
    expect(take(having(changeEntryFields.part, '3'))).toThrow('damaged');
    expect(take(having(changeEntryFields.epoch, 'other'))).toThrow('contradicts');
    expect(take({ ...entry!, id: '8-0' })).toThrow('contradicts');
  });
});
