import { expect, test } from 'vitest';
import { chainHashOf, GENESIS } from './chain-hash.ts';
import { type ChainRow, findFault } from './verify-chain.ts';

const payloadHash = 'ab'.repeat(32);
function rowAfter(previous: string, revision: number, more: Partial<ChainRow> = {}): ChainRow {
  const link = { epoch: 'e', revision, atMs: 1_000 + revision, payloadHash };
  return {
    ...link,
    chainHash: chainHashOf(previous, link),
    isPayloadSame: true,
    isActorSame: true,
    isReasonSame: true,
    areServicesSame: true,
    areItemsSame: true,
    alteredIndex: null,
    isErased: false,
    isTrimmed: false,
    ...more,
  };
}
const start = { hash: null, position: null };

test('the first link follows nothing but zeros, and each other the one before', () => {
  const first = rowAfter(GENESIS, 1);
  expect(findFault(first, start)).toBeUndefined();
  const second = rowAfter(first.chainHash as string, 2);
  expect(findFault(second, { hash: first.chainHash, position: { epoch: 'e', revision: 1 } })).toBeUndefined();
  expect(findFault(second, start)).toMatchObject({ part: 'link', changeId: 'e-2' });
});

test.each(['epoch', 'revision', 'atMs', 'payloadHash', 'chainHash'] as const)(
  'a link with another %s is broken',
  (field) => {
    const row = rowAfter(GENESIS, 1);
    const other = typeof row[field] === 'number' ? 77 : field === 'epoch' ? 'f' : 'cd'.repeat(32);
    expect(findFault({ ...row, [field]: other }, start)).toMatchObject({ part: 'link' });
  },
);

test.each([
  ['alteredIndex', 3, 'item'],
  ['areItemsSame', false, 'items'],
  ['isActorSame', false, 'actor'],
  ['isReasonSame', false, 'reason'],
  ['areServicesSame', false, 'services'],
  ['isPayloadSame', false, 'head'],
] as const)('%s %s says that the %s differs', (field, value, part) => {
  expect(findFault(rowAfter(GENESIS, 1, { [field]: value }), start)).toMatchObject({ part });
});

test('a change without a hash is of the time before the chain, but breaks it once it has begun', () => {
  const bare = rowAfter(GENESIS, 1, { chainHash: null, payloadHash: null, isPayloadSame: null });
  expect(findFault(bare, start)).toBeUndefined();
  expect(findFault(bare, { hash: GENESIS, position: { epoch: 'e', revision: 0 } })).toMatchObject({ part: 'link' });
});
