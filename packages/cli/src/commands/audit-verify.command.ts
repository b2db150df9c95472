import type { VerifyResult } from '@grey/contracts';
import { type Command, textOf } from '../command.ts';
import { countOf } from '../terminal/format-table.ts';
import { type Paint, printable } from '../terminal/paint.ts';

export const auditVerifyCommand: Command = {
  name: 'audit verify',
  summary: 'Whether the log of changes is what was written',
  usage: '[OPTIONS]',
  positionals: [0, 0],
  options: {
    from: { type: 'string', value: 'CHANGE', help: 'first change to check, as epoch-revision; the beginning' },
    to: { type: 'string', value: 'CHANGE', help: 'last change to check; the end' },
    anchor: { type: 'string', value: 'ANCHOR', help: 'an anchor of an earlier run, which the log must still have' },
  },
  notes: [
    'It ends with an anchor: note it outside of the system. A log that was written anew as a whole is sound in itself, but does\nnot have the anchor any more. Status 0: intact; 1: not, and the first change that is not as it was written is named.',
  ],
  examples: ['grey audit verify', 'grey audit verify --anchor 01J…-4711:9f86d08…'],
  async run(context) {
    const { options, paint } = context;
    const client = context.client();
    const query = { to: textOf(options, 'to'), anchor: textOf(options, 'anchor') };
    let from = textOf(options, 'from');
    let sum: VerifyResult | undefined;
    do {
      const { body } = await client.call('verifyAudit', { query: { ...query, from } });
      sum = addUp(sum, body);
      from = body.nextFrom ?? undefined;
    } while (sum.isIntact && !sum.isComplete && from !== undefined);
    const result = sum;
    context.show(result, () => formatVerification(result, paint));
    return result.isIntact && result.isComplete ? 'DONE' : 'REFUSED';
  },
};

/** Counts of all portions, and what the last one says. */
function addUp(sum: VerifyResult | undefined, next: VerifyResult): VerifyResult {
  if (sum === undefined) return next;
  return {
    ...next,
    checkedCount: sum.checkedCount + next.checkedCount,
    unchainedCount: sum.unchainedCount + next.unchainedCount,
    erasedCount: sum.erasedCount + next.erasedCount,
    trimmedCount: sum.trimmedCount + next.trimmedCount,
  };
}

export function formatVerification(result: VerifyResult, paint: Paint): string {
  const { fault, anchor } = result;
  const counts: (readonly [number, string])[] = [
    [result.unchainedCount, 'from before the chain began; nothing can be said of them'],
    [result.erasedCount, 'whose actor was erased; all else of them was checked'],
    [result.trimmedCount, 'whose items are no longer kept; their hashes are'],
  ];
  const besides = counts.filter(([count]) => count > 0).map(([count, words]) => `  ${count} ${words}\n`);
  const checked = `${countOf(result.checkedCount, 'change')} checked\n${besides.join('')}`;
  if (fault !== null) {
    const item = fault.itemIndex === null ? '' : ` ${fault.itemIndex}`;
    return `${checked}${paint.bad(`Not as it was written: change ${fault.changeId}, ${fault.part}${item}`)}\n  ${printable(fault.detail)}\n`;
  }
  if (!result.isIntact || !result.isComplete) return `${checked}${paint.bad('The check did not get to the end')}\n`;
  const { position, hash } = anchor;
  return `${checked}${paint.good('Intact')}\nAnchor ${position.epoch}-${position.revision}:${hash}\n`;
}
