import { randomUUID } from 'node:crypto';
import type { RollbackPlan, RollbackResult } from '@grey/contracts';
import type { CallInput, GreyClient } from '../api/grey-client.ts';
import { CliError } from '../cli-error.ts';
import { type Command, type CommandContext, type OptionValues, textOf, textsOf } from '../command.ts';
import type { ExitName } from '../exit-codes.ts';
import { formatRollbackPlan, formatRollbackResult } from './format-rollback.ts';

/** How often a rollback whose answer was lost is asked for again. The key makes a repetition harmless. */
const ATTEMPTS = 3;

export const rollbackCommand: Command = {
  name: 'rollback',
  summary: 'Take tenants off a version at once, whatever leads to it: plan, confirm, do',
  usage: 'SERVICE FROM TO --reason TEXT (--all | --tenant ID … | --tag TAG)',
  positionals: [3, 3],
  options: {
    reason: { type: 'string', short: 'r', value: 'TEXT', help: 'why; asked for when it is missing' },
    all: { type: 'boolean', help: 'everybody on the version, now and later' },
    tenant: { type: 'string', value: 'ID', multiple: true, help: 'this tenant' },
    tag: { type: 'string', value: 'TAG', help: 'every tenant with this tag' },
    confirm: { type: 'string', value: 'SERVICE', help: 'the name of the service, instead of typing it when asked' },
    'dry-run': { type: 'boolean', help: 'show the plan and stop' },
    wait: { type: 'string', value: 'SECONDS', help: 'how long to wait for the routers, 1 to 30; 10' },
    'roll-back-rollback': { type: 'boolean', help: 'agree that what was rolled back to FROM is rolled back further' },
  },
  notes: [
    'It makes a hold: within the scope FROM is answered by TO until the hold is lifted. The plan says how many tenants move,\nwho is left out, and what is stopped. It is done only after the name of the service was typed. When the answer is lost it is\nasked for again with the same key, which has one effect.',
    'Status 0: every router has acknowledged it; 6: in force, and the routers that are missing are named; 1: refused;\n5: not confirmed, also where nobody can be asked and --confirm is missing.',
  ],
  examples: [
    "grey rollback orders v2.0.0 v1.0.0 --all --reason 'checkout fails'",
    "grey rollback orders v2 v1 --tag beta --reason 'INC-7' --confirm orders --json",
    'grey rollback orders v2 v1 --all --dry-run',
  ],
  async run(context) {
    const what = readWhat(context);
    const waitMs = readWait(context.options);
    const isDry = context.options['dry-run'] === true;
    const client = context.client();
    const { body: plan } = await client.call('planRollback', { body: what });
    if (!context.isJson) context.terminal.out(formatRollbackPlan(what, plan, context.paint));
    if (isDry) return end(context, 'DONE', { plan });
    if (!(await isConfirmed(context, what.serviceId))) {
      if (!context.isJson) context.terminal.err('Not confirmed; nothing was changed.\n');
      return end(context, 'NOT_CONFIRMED', { plan });
    }
    const reason = await readReason(context);
    const result = await rollBack(context, client, {
      body: { ...what, reason, planToken: plan.planToken },
      query: { wait: 'converged', waitMs },
      idempotencyKey: randomUUID(),
      extraMs: waitMs,
    });
    if (!context.isJson) context.terminal.out(formatRollbackResult(result, context.paint));
    const isEverywhere = result.convergence !== null && result.convergence.applied >= result.convergence.total;
    return end(context, isEverywhere ? 'DONE' : 'NOT_CONVERGED', { plan, result });
  },
};

type What = Omit<NonNullable<CallInput<'planRollback'>['body']>, 'affectedTenants'>;

function readWhat({ positionals, options }: CommandContext): What {
  const [serviceId, fromVersion, toVersion] = positionals as [string, string, string];
  const confirmed = textOf(options, 'confirm');
  if (confirmed !== undefined && confirmed !== serviceId) {
    throw new CliError('USAGE', `--confirm says "${confirmed}", but the service is "${serviceId}".`);
  }
  const mayGoFurther = options['roll-back-rollback'] === true;
  return {
    serviceId,
    fromVersion,
    toVersion,
    scope: readScope(options),
    ...(mayGoFurther ? { allowRollbackOfRollback: true } : {}),
  };
}

/** There is no scope unless one is named: nobody rolls back everybody by leaving something out. */
function readScope(options: OptionValues): NonNullable<What['scope']> {
  const tenantIds = textsOf(options, 'tenant');
  const tag = textOf(options, 'tag');
  const scopes: NonNullable<What['scope']>[] = [
    ...(options.all === true ? [{ kind: 'service' } as const] : []),
    ...(tag === undefined ? [] : [{ kind: 'tag', tag } as const]),
    ...(tenantIds.length === 0 ? [] : [{ kind: 'tenants', tenantIds } as const]),
  ];
  const [scope] = scopes;
  if (scope === undefined || scopes.length > 1) {
    throw new CliError('USAGE', 'Say for whom, in one way: --all, --tenant ID (may be repeated) or --tag TAG.');
  }
  return scope;
}

function readWait(options: OptionValues): number {
  const seconds = Number(textOf(options, 'wait') ?? 10);
  if (seconds >= 1 && seconds <= 30) return Math.round(seconds * 1000);
  throw new CliError('USAGE', '--wait takes seconds, from 1 to 30.');
}

/** @throws CliError USAGE when none is given and nobody can be asked */
export async function readReason({ terminal, options, isJson }: CommandContext): Promise<string> {
  const given = textOf(options, 'reason')?.trim();
  const reason = given || (isJson || !terminal.isInteractive ? '' : (await terminal.ask('Reason: '))?.trim());
  if (reason) return reason;
  throw new CliError('USAGE', 'It needs a reason: --reason TEXT. Nothing was changed.');
}

/** True when the name of the service was typed, or given beforehand. */
export async function isConfirmed({ terminal, options, isJson }: CommandContext, serviceId: string): Promise<boolean> {
  if (textOf(options, 'confirm') === serviceId) return true;
  if (isJson || !terminal.isInteractive) return false;
  return (await terminal.ask(`Type the name of the service to roll it back (${serviceId}): `))?.trim() === serviceId;
}

async function rollBack(
  { terminal }: CommandContext,
  client: GreyClient,
  input: CallInput<'emergencyRollback'>,
): Promise<RollbackResult> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return (await client.call('emergencyRollback', input)).body;
    } catch (error) {
      if (!(error instanceof CliError) || error.exit !== 'UNREACHABLE' || attempt === ATTEMPTS) throw error;
      terminal.err(`${error.message} Asking again with the same key.\n`);
    }
  }
}

function end(
  { isJson, show }: CommandContext,
  exit: ExitName,
  parts: { readonly plan: RollbackPlan; readonly result?: RollbackResult },
): ExitName {
  // The token is good for a rollback by whoever reads the output.
  const { planToken: _token, ...plan } = parts.plan;
  if (isJson) show({ exit, plan, result: parts.result ?? null }, () => '');
  return exit;
}
