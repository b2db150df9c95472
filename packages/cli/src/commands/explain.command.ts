import type { ExplainResponse } from '@grey/contracts';
import type { Command } from '../command.ts';
import { type Paint, printable } from '../terminal/paint.ts';
import { readRequest, requestOptions } from './request-options.ts';

export const explainCommand: Command = {
  name: 'explain',
  summary: 'Why a tenant gets this version and instance, step by step',
  usage: 'TENANT SERVICE [OPTIONS]',
  positionals: [2, 2],
  options: requestOptions,
  notes: ['Status 1 when the decision is a refusal, as `grey route` would have it.'],
  examples: ["grey explain acorn-foods orders --header 'x-beta: true'"],
  async run(context) {
    const request = readRequest(context);
    const { body } = await context.client().call('explain', { body: request });
    context.show(body, () => `${request.serviceName} for ${request.tenantId}\n${formatExplain(body, context.paint)}`);
    return 'instance' in body.decision ? 'DONE' : 'REFUSED';
  },
};

type Step = ExplainResponse['steps'][number];

/** The steps as a tree: those of one kind that follow each other stand under its name; the decision comes last. */
export function formatExplain({ decision, steps }: ExplainResponse, paint: Paint): string {
  const groups: Step[][] = [];
  for (const step of steps) {
    const last = groups.at(-1);
    if (last?.[0]?.step === step.step) last.push(step);
    else groups.push([step]);
  }
  const lines = groups.flatMap((group) => {
    const [first] = group as [Step, ...Step[]];
    if (group.length === 1) return [`├─ ${paint.bold(printable(first.step))}  ${formatStep(first, paint)}`];
    const inner = group.map((step, i) => `│  ${i === group.length - 1 ? '└─' : '├─'} ${formatStep(step, paint)}`);
    return [`├─ ${paint.bold(printable(first.step))}`, ...inner];
  });
  const end =
    'instance' in decision
      ? paint.good(`${decision.version} at ${decision.instance}`) +
        ` because ${decision.reason}${decision.rule === null ? '' : ` ${decision.rule}`}`
      : `${paint.bad(`refused: ${decision.code}`)} ${printable(decision.detail ?? decision.title)}`;
  return `${[...lines, `└─ ${end}`].join('\n')}\n`;
}

function formatStep({ outcome, detail }: Step, paint: Paint): string {
  const facts = Object.entries(detail).filter(([, value]) => value !== null);
  const text = facts.map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return `${printable(outcome)}${text.length === 0 ? '' : `  ${paint.dim(printable(text.join('  ')))}`}`;
}
