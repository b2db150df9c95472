import path from 'node:path';
import type { GuardOverride } from '@grey/contracts';
import type { GreyClient } from '../api/grey-client.ts';
import { CliError } from '../cli-error.ts';
import { type Command, type CommandContext, overrideOf, textOf } from '../command.ts';
import { phases } from '../config/apply-step.ts';
import { planCells, portionsOf, refusalText, requestOf } from '../config/assignment-steps.ts';
import { checkConfig } from '../config/check-config.ts';
import { configParts } from '../config/config.schema.ts';
import { type Difference, diffConfigs } from '../config/diff-configs.ts';
import { formatDiff } from '../config/format-diff.ts';
import { type ApplyPlan, planApply } from '../config/plan-apply.ts';
import { openConfigFile } from '../config/read-config-file.ts';
import { type Live, readLive } from '../config/read-live.ts';
import { runSteps, type StepResult } from '../config/run-steps.ts';
import type { ExitName } from '../exit-codes.ts';
import { countOf } from '../terminal/format-table.ts';
import { formatFindings } from './validate.command.ts';

export const applyCommand: Command = {
  name: 'apply',
  summary: 'Make the live configuration what a file says: plan, ask, do',
  usage: 'FILE',
  positionals: [1, 1],
  options: {
    yes: { type: 'boolean', short: 'y', help: 'do not ask' },
    'dry-run': { type: 'boolean', help: 'show the plan and stop' },
    reason: { type: 'string', value: 'TEXT', help: 'why, for the log of changes' },
    override: { type: 'string', value: 'TEXT', help: 'set a freeze, or what else may be, aside; with why' },
    prune: { type: 'boolean', help: 'delete experiments, lanes, freezes and assignments that the file does not have' },
    partial: { type: 'boolean', help: 'move the assignments that may be moved where others are refused' },
    'discard-drafts': { type: 'boolean', help: 'publish rules although somebody has a draft, which is lost' },
  },
  notes: [
    'The file is validated, the plan shown, then each step is done and told. The first refusal ends it: the steps before it\nstay done (status 7). A step that the configuration changed under since the plan is refused. What is live and not in the\nfile stays, unless --prune; services, versions and channels always stay. Of a channel only what it is told\nis changed: where it leads is a secret, and in no file.',
    'Status 5: not confirmed, also where nobody can be asked and --yes is missing. FILE may be -, with --yes.',
  ],
  examples: ['grey apply grey.yaml --dry-run', "grey apply grey.yaml --yes --reason 'release 42'"],
  async run(context) {
    const name = context.positionals[0] as string;
    const file = openConfigFile(name);
    assertSound(context, name, file);
    const client = context.client();
    const live = await readLive(
      client,
      configParts.filter((part) => file[part] !== undefined),
    );
    const differences = diffConfigs(live.config, file);
    const wishes = {
      isPruning: context.options.prune === true,
      mayDiscardDrafts: context.options['discard-drafts'] === true,
    };
    const plan = planApply(differences, live, wishes);
    const refused = await askAboutCells(client, plan, overrideOf(context.options));
    return new Application(context, { name, client, live, differences, plan, refused }).run();
  },
};

interface Parts {
  readonly name: string;
  readonly client: GreyClient;
  readonly live: Live;
  readonly differences: readonly Difference[];
  readonly plan: ApplyPlan;
  /** Assignments that the API would refuse, in words. */
  readonly refused: readonly string[];
}

class Application {
  readonly #context: CommandContext;
  readonly #parts: Parts;

  constructor(context: CommandContext, parts: Parts) {
    this.#context = context;
    this.#parts = parts;
  }

  async run(): Promise<ExitName> {
    const { plan, refused } = this.#parts;
    const { options, isJson, terminal } = this.#context;
    const isPartial = options.partial === true;
    const blocked = [...plan.blocked, ...(isPartial ? [] : refused)];
    if (!isJson) terminal.out(this.#planText(blocked));
    if (plan.steps.length === 0 && blocked.length === 0) return this.#end('DONE', []);
    if (blocked.length > 0) return this.#end('REFUSED', [], blocked);
    if (options['dry-run'] === true) return this.#end('DONE', []);
    if (!(await this.#isConfirmed())) return this.#end('NOT_CONFIRMED', []);
    const results = await this.#work(isPartial);
    const failed = results.find(({ outcome }) => outcome === 'failed');
    const doneCount = results.filter(({ outcome }) => outcome === 'done').length;
    // A step whose answer was lost may have been done.
    if (failed === undefined) return this.#end('DONE', results);
    return this.#end(doneCount > 0 ? 'HALF_DONE' : (failed.error?.exit ?? 'FAILED'), results);
  }

  async #work(isPartial: boolean): Promise<StepResult[]> {
    const { client, live, plan, name } = this.#parts;
    const { options, isJson, terminal, paint } = this.#context;
    const reason = textOf(options, 'reason') ?? `Applied from ${name === '-' ? 'standard input' : path.basename(name)}`;
    const override = overrideOf(options);
    const context = { client, etags: new Map(live.etags), reason, override, isPartial };
    return runSteps(plan.steps, context, ({ title, outcome, detail, error }) => {
      if (isJson) return;
      const words = { done: paint.good('done'), failed: paint.bad('failed'), not_tried: paint.dim('not tried') };
      terminal.out(`${words[outcome]}  ${title}${detail === undefined ? '' : `: ${detail}`}\n`);
      for (const line of error?.lines ?? []) terminal.out(`      ${line}\n`);
    });
  }

  async #isConfirmed(): Promise<boolean> {
    const { options, isJson, terminal } = this.#context;
    if (options.yes === true) return true;
    if (isJson || !terminal.isInteractive) return false;
    return /^y(es)?$/i.test((await terminal.ask('Apply this? [y/N] '))?.trim() ?? '');
  }

  #planText(blocked: readonly string[]): string {
    const { differences, plan } = this.#parts;
    const { paint } = this.#context;
    const changing = differences.filter((one) => !plan.left.includes(one));
    const left =
      plan.left.length === 0 ? '' : `${countOf(plan.left.length, 'thing')} not in the file stay as they are.\n`;
    const wall = blocked.map((line) => `${paint.bad('cannot')} ${line}\n`).join('');
    if (changing.length === 0) return `Nothing to do.\n${left}`;
    const steps = plan.steps.map(({ title }, i) => `  ${i + 1}. ${title}\n`).join('');
    return `${formatDiff(changing, paint)}\n${countOf(plan.steps.length, 'step')}\n${steps}${left}${wall}`;
  }

  #end(exit: ExitName, results: readonly StepResult[], blocked: readonly string[] = []): ExitName {
    const { isJson, terminal } = this.#context;
    const { differences, plan, refused } = this.#parts;
    const steps = plan.steps.map(({ title }, i) => {
      const { outcome = 'not_tried', detail, error } = results[i] ?? {};
      return {
        title,
        outcome,
        ...(detail === undefined ? {} : { detail }),
        ...(error === undefined ? {} : { error: error.data }),
      };
    });
    if (isJson) {
      const sum = { exit, steps, blocked, refused, left: plan.left.map(({ kind, names }) => ({ kind, names })) };
      this.#context.show({ ...sum, differences }, () => '');
    } else if (exit === 'NOT_CONFIRMED')
      terminal.err('Not confirmed; nothing was changed. --yes applies without asking.\n');
    else if (exit === 'HALF_DONE')
      terminal.err('Stopped; what is told as done above stays done. Look with: grey diff\n');
    else if (exit !== 'DONE' && !results.some(isOpen)) terminal.err('Nothing was changed.\n');
    return exit;
  }
}

/** Its answer was lost: nobody can say here whether it was done. */
function isOpen({ error }: StepResult): boolean {
  return error?.data.isOutcomeKnown === false;
}

function assertSound(
  { terminal, paint, isJson }: CommandContext,
  name: string,
  file: Parameters<typeof checkConfig>[0],
) {
  const findings = checkConfig(file);
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (!isJson) terminal.err(formatFindings(findings, paint));
  if (errors.length > 0)
    throw new CliError('REFUSED', `${name} has errors; nothing was changed.`, { data: { findings } });
}

/** What the API would refuse. Assignments to what the plan has yet to create can only be asked about when it is there. */
async function askAboutCells(
  client: GreyClient,
  { cells, steps }: ApplyPlan,
  override: GuardOverride | undefined,
): Promise<string[]> {
  if (steps.some(({ phase }) => phase === phases.createService || phase === phases.createVersion)) return [];
  const refused: string[] = [];
  for (const portion of portionsOf(cells)) {
    const { refusals, summary } = await planCells(client, requestOf(portion, override));
    refused.push(...refusals.map(refusalText));
    if (summary.refusedCount > refusals.length)
      refused.push(`${summary.refusedCount - refusals.length} more assignments`);
  }
  return refused;
}
