import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Upgrade, UpgradePlan } from '@grey/contracts';
import type { CallInput, GreyClient } from '../api/grey-client.ts';
import { CliError } from '../cli-error.ts';
import { type Command, type CommandContext, overrideOf, textOf } from '../command.ts';
import type { ExitName } from '../exit-codes.ts';
import { countOf } from '../terminal/format-table.ts';
import { type Paint, printable } from '../terminal/paint.ts';

/** Between two looks, in milliseconds. */
const LOOK_MS = 1_000;
const ENDED: ReadonlySet<string> = new Set(['done', 'aborted', 'failed', 'skipped', 'needs_operator']);

export const upgradeCommand: Command = {
  name: 'upgrade',
  summary: 'Move a tenant to a version together with its schema: plan, confirm, watch',
  usage: 'TENANT SERVICE VERSION --reason TEXT',
  positionals: [3, 3],
  options: {
    reason: { type: 'string', short: 'r', value: 'TEXT', help: 'why' },
    leave: { type: 'boolean', help: 'end with the schema expanded, serving both versions; no contract' },
    soak: { type: 'string', value: 'SECONDS', help: 'how long the new version is looked at after the switch; 60' },
    override: { type: 'string', value: 'TEXT', help: 'set aside what can be, such as a freeze, with this reason' },
    confirm: { type: 'string', value: 'TENANT', help: 'the id of the tenant, instead of typing it when asked' },
    'dry-run': { type: 'boolean', help: 'show the plan and stop' },
    'no-watch': { type: 'boolean', help: 'start it and do not wait' },
    wait: { type: 'string', value: 'SECONDS', help: 'how long to watch; 600' },
  },
  notes: [
    'Contract, the point of no return, is not part of it: the upgrade rests before, and is confirmed in the console or by the\nAPI. Leaving off watching does not stop the upgrade.',
    'Status 0: done, or started with --no-watch; 1: refused, or failed and taken back, the tenant is as before; 5: not\nconfirmed; 7: it rests: for a confirmation of contract, for an operator, or longer than was watched.',
  ],
  examples: [
    "grey upgrade acorn-foods payment-service v2.0.0 --reason 'release 42'",
    'grey upgrade acorn-foods payment-service v2.0.0 --leave --confirm acorn-foods --json',
    'grey upgrade acorn-foods payment-service v2.0.0 --dry-run',
  ],
  async run(context) {
    const { positionals, options, isJson, terminal, paint } = context;
    const [tenantId, serviceId] = positionals as [string, string, string];
    const confirmed = textOf(options, 'confirm');
    if (confirmed !== undefined && confirmed !== tenantId)
      throw new CliError('USAGE', `--confirm says "${confirmed}", but the tenant is "${tenantId}".`);
    const body = bodyOf(context);
    const patienceMs = readSeconds(options, 'wait', 600) * 1_000;
    const client = context.client();
    const params = { tenantId, serviceId };
    const { body: plan } = await client.call('planUpgrade', { params, body });
    if (!isJson) terminal.out(formatPlan(plan, paint));
    if (!plan.isAllowed) return end(context, 'REFUSED', { plan });
    if (options['dry-run'] === true) return end(context, 'DONE', { plan });
    if (!(await isConfirmed(context, tenantId))) {
      if (!isJson) terminal.err('Not confirmed; nothing was changed.\n');
      return end(context, 'NOT_CONFIRMED', { plan });
    }
    const started = await client.call('startUpgrade', { params, body, idempotencyKey: randomUUID() });
    if (!isJson) terminal.out(`Upgrade ${started.body.upgradeId}\n`);
    if (options['no-watch'] === true) return end(context, 'DONE', { plan, upgrade: started.body.upgrade });
    const upgrade = await watch(context, client, started.body.upgradeId, patienceMs);
    if (!isJson) terminal.out(`${toneOf(upgrade, paint)(printable(upgrade.sentence))}\n`);
    return end(context, exitOf(upgrade), { plan, upgrade });
  },
};

function bodyOf({ positionals, options }: CommandContext): NonNullable<CallInput<'planUpgrade'>['body']> {
  const reason = textOf(options, 'reason')?.trim();
  const override = overrideOf(options);
  return {
    toVersion: positionals[2] as string,
    options: {
      contract: options.leave === true ? 'leave' : 'ask',
      soakSeconds: readSeconds(options, 'soak', 60),
    },
    ...(reason ? { reason } : {}),
    ...(override === undefined ? {} : { override }),
  };
}

function readSeconds(options: CommandContext['options'], name: string, otherwise: number): number {
  const seconds = Number(textOf(options, name) ?? otherwise);
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= 604_800) return seconds;
  throw new CliError('USAGE', `--${name} takes whole seconds, up to a week.`);
}

async function isConfirmed({ terminal, options, isJson }: CommandContext, tenantId: string): Promise<boolean> {
  if (textOf(options, 'confirm') === tenantId) return true;
  if (isJson || !terminal.isInteractive) return false;
  return (await terminal.ask(`Type the id of the tenant to upgrade it (${tenantId}): `))?.trim() === tenantId;
}

/** Shows each step once, until it rests, ends, or the patience does. */
async function watch(
  { terminal, isJson, paint }: CommandContext,
  client: GreyClient,
  upgradeId: string,
  patienceMs: number,
): Promise<Upgrade> {
  const until = performance.now() + patienceMs;
  const shown = new Set<string>();
  for (;;) {
    const { body: upgrade } = await client.call('getUpgrade', { params: { upgradeId } });
    for (const { name, state, detail } of upgrade.steps) {
      if (state === 'pending' || state === 'skipped' || shown.has(`${name} ${state}`)) continue;
      shown.add(`${name} ${state}`);
      const line = `  ${name.padEnd(9)} ${state}${detail === null ? '' : paint.dim(`  ${printable(detail)}`)}\n`;
      if (!isJson) terminal.out(line);
    }
    const rests = ENDED.has(upgrade.state) || upgrade.awaits === 'confirmation' || upgrade.awaits === 'operator';
    if (rests || performance.now() >= until) return upgrade;
    await sleep(LOOK_MS);
  }
}

function exitOf({ state }: Upgrade): ExitName {
  if (state === 'done') return 'DONE';
  return state === 'aborted' || state === 'failed' || state === 'skipped' ? 'REFUSED' : 'HALF_DONE';
}

function toneOf(upgrade: Upgrade, paint: Paint) {
  const exit = exitOf(upgrade);
  return exit === 'DONE' ? paint.good : exit === 'REFUSED' ? paint.bad : paint.warn;
}

function formatPlan(plan: UpgradePlan, paint: Paint): string {
  const { tenantId, serviceId, fromVersion, toVersion, schemaFrom, schemaTo, migrations, checks } = plan;
  const none = plan.hasDataSource ? 'no migrations' : 'the route alone: the tenant has no data source for the service';
  const schema = schemaTo === null ? none : `schema ${schemaFrom ?? '?'} → ${schemaTo}`;
  const title = `${tenantId} ${serviceId} ${fromVersion ?? '–'} → ${toVersion}, ${schema}`;
  const signs = { pass: paint.good('ok  '), warn: paint.warn('warn'), refuse: paint.bad('no  ') };
  const lines = [
    paint.bold(printable(title)),
    ...checks.flatMap(({ check, verdict, detail, mend }) => [
      `  ${signs[verdict]} ${check}: ${printable(detail)}`,
      ...(mend === null || verdict === 'pass' ? [] : [`         ${printable(mend)}`]),
    ]),
    ...(migrations.length === 0 ? [] : [countOf(migrations.length, 'migration')]),
    ...migrations.map(
      ({ name, phase, down }) => `  ${printable(name)} (${phase}${down === null ? ', irreversible' : ''})`,
    ),
    ...(plan.pointOfNoReturn === null ? [] : [`After a confirmation: ${printable(plan.pointOfNoReturn)}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function end(
  { isJson, show }: CommandContext,
  exit: ExitName,
  parts: { readonly plan: UpgradePlan; readonly upgrade?: Upgrade },
): ExitName {
  if (isJson) show({ exit, plan: parts.plan, upgrade: parts.upgrade ?? null }, () => '');
  return exit;
}
