import { randomUUID } from 'node:crypto';
import { liftPlanSchema } from '@grey/contracts';
import type { Answered, GreyClient } from '../api/grey-client.ts';
import { refusalOf } from '../api/refusal-of.ts';
import { CliError } from '../cli-error.ts';
import { type Command, overrideOf } from '../command.ts';
import { countOf } from '../terminal/format-table.ts';
import { printable } from '../terminal/paint.ts';
import { isConfirmed, readReason } from './rollback.command.ts';

export const undoRollbackCommand: Command = {
  name: 'undo-rollback',
  summary: 'Take a rollback back: lift its hold, and write the assignments back',
  usage: 'HOLD --reason TEXT',
  positionals: [1, 1],
  options: {
    reason: { type: 'string', short: 'r', value: 'TEXT', help: 'why; asked for when it is missing' },
    override: { type: 'string', value: 'TEXT', help: 'set a freeze, or what else may be, aside; with why' },
    confirm: { type: 'string', value: 'SERVICE', help: 'the name of the service, instead of typing it when asked' },
  },
  notes: [
    'HOLD is what `grey rollback` said. The plan is shown first; assignments that somebody has changed since stay.',
  ],
  examples: ["grey undo-rollback 6f0c2f0e-… --reason 'fixed in v2.0.1'"],
  async run(context) {
    const { terminal, isJson, paint } = context;
    const params = { holdId: context.positionals[0] as string };
    const client = context.client();
    const { body: hold } = await client.call('getHold', { params });
    const reason = await readReason(context);
    const { planToken, ...plan } = readPlan(client, await client.send('undoRollback', { params, body: { reason } }));
    if (!isJson) {
      terminal.out(`Undo the rollback of ${hold.serviceId} ${hold.fromVersion} → ${hold.toVersion}\n`);
      terminal.out(`${countOf(plan.affectedCount, 'tenant')} change their version\n`);
      for (const { fromVersion, toVersion, tenantCount } of plan.byMove) {
        terminal.out(
          `  ${fromVersion ?? 'no version'} → ${toVersion ?? 'no version'}: ${countOf(tenantCount, 'tenant')}\n`,
        );
      }
      terminal.out(
        `${countOf(plan.restoredCount, 'assignment')} written back, ${plan.keptCount} changed since and kept\n`,
      );
      for (const { tenantId, detail, code } of plan.objections)
        terminal.out(
          `${paint.warn('speaks against it')} ${printable(`${tenantId ?? 'everybody'}: ${detail} (${code})`)}\n`,
        );
    }
    if (!(await isConfirmed(context, hold.serviceId))) {
      if (isJson) context.show({ exit: 'NOT_CONFIRMED', plan, result: null }, () => '');
      else terminal.err('Not confirmed; nothing was changed.\n');
      return 'NOT_CONFIRMED';
    }
    const override = overrideOf(context.options);
    const body = { reason, planToken, ...(override === undefined ? {} : { override }) };
    const { body: result } = await client.call('undoRollback', { params, body, idempotencyKey: randomUUID() });
    const { epoch, revision } = result.position;
    context.show({ exit: 'DONE', plan, result }, () => `Undone, position ${epoch}-${revision}\n`);
    return 'DONE';
  },
};

/** Without a token the API refuses with the plan. @throws CliError for any other refusal */
function readPlan(client: GreyClient, { status, body }: Answered<unknown>) {
  const problem = body as Parameters<typeof refusalOf>[1];
  const read = liftPlanSchema.safeParse((problem as { plan?: unknown } | undefined)?.plan);
  if (status === 428 && read.success) return read.data;
  if (status >= 400) throw refusalOf(status, problem, client.url);
  throw new CliError('FAILED', 'The API undid the rollback without a plan.');
}
