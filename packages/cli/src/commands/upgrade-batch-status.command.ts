import type { BatchException, UpgradeBatch } from '@grey/contracts';
import type { GreyClient } from '../api/grey-client.ts';
import type { Command } from '../command.ts';
import { formatTable } from '../terminal/format-table.ts';
import { type Paint, printable } from '../terminal/paint.ts';

export const upgradeBatchStatusCommand: Command = {
  name: 'upgrade-batch status',
  summary: 'How far a batch of upgrades is, wave by wave; without an id the newest ones',
  usage: '[BATCH]',
  positionals: [0, 1],
  options: {},
  notes: [
    'Status of one batch 0: it is done, or goes on; 1: it was taken back or stopped; 7: it waits for somebody: paused, for a\nconfirmation of contract, or for an operator.',
  ],
  examples: ['grey upgrade-batch status', 'grey upgrade-batch status 6f1b7c1e-6f0e-4a55-9c0f-2a51e5f0a001 --json'],
  async run({ positionals, client, show, paint }) {
    const [batchId] = positionals;
    if (batchId === undefined) {
      const { body } = await client().call('listUpgradeBatches', { query: { limit: 20 } });
      show(body, () => formatList(body.items));
      return 'DONE';
    }
    const { body } = await client().call('getUpgradeBatch', { params: { batchId } });
    const cannotReturn = await firstExceptions(client(), body, 'cannot_return', body.cannotReturnCount);
    const notBegun = await firstExceptions(client(), body, 'not_begun', body.notBegunCount);
    show(
      { ...body, cannotReturn, notBegun },
      () =>
        formatBatch(body, paint) +
        formatExceptions('cannot go back with their wave', cannotReturn, body.cannotReturnCount) +
        formatExceptions('were left out when their wave began', notBegun, body.notBegunCount),
    );
    if (body.state === 'rolled_back' || body.state === 'stopped') return 'REFUSED';
    return WAITING.has(body.state) ? 'HALF_DONE' : 'DONE';
  },
};

const WAITING: ReadonlySet<string> = new Set(['paused', 'confirming', 'needs_operator']);

function formatList(batches: readonly UpgradeBatch[]): string {
  if (batches.length === 0) return 'No batches.\n';
  return formatTable(
    batches.map(({ id, name, serviceId, toVersion, state, counts }) => [
      id,
      printable(state),
      `${counts.done} of ${counts.total}`,
      `${serviceId} ${toVersion}`,
      printable(name),
    ]),
  );
}

function formatBatch(batch: UpgradeBatch, paint: Paint): string {
  const { name, serviceId, fromVersion, toVersion, sentence, ratePerMinute, waves } = batch;
  const title = `${name}: ${serviceId} ${fromVersion ?? '–'} → ${toVersion}`;
  const head = ['wave', 'name', 'state', 'done', 'under way', 'failed', 'operator', 'of', 'budget'];
  const rows = waves.map(({ number, name: wave, state, counts, failureBudget }) => [
    String(number),
    printable(wave),
    printable(state),
    String(counts.done),
    String(counts.queued + counts.running + counts.waiting),
    String(counts.failed),
    String(counts.needsOperator),
    String(counts.total),
    String(failureBudget),
  ]);
  return [
    `${paint.bold(printable(title))}\n${printable(sentence)}\n`,
    ratePerMinute === 0 ? '' : `${ratePerMinute} tenants a minute\n`,
    formatTable([head, ...rows], '  '),
  ].join('');
}

/** At most 100: of more the API tells page by page. */
async function firstExceptions(
  client: GreyClient,
  { id }: UpgradeBatch,
  kind: BatchException['kind'],
  count: number,
): Promise<readonly BatchException[]> {
  if (count === 0) return [];
  const { body } = await client.call('listBatchExceptions', { params: { batchId: id }, query: { kind, limit: 100 } });
  return body.items;
}

function formatExceptions(what: string, exceptions: readonly BatchException[], count: number): string {
  if (count === 0) return '';
  const rows = exceptions.map(({ tenantId, wave, code, message, mend }) => [
    tenantId,
    `wave ${wave}`,
    code,
    printable(mend === null ? message : `${message} ${mend}`),
  ]);
  const more = count > exceptions.length ? `  and ${count - exceptions.length} more\n` : '';
  return `${count} ${what}:\n${formatTable(rows, '  ')}${more}`;
}
