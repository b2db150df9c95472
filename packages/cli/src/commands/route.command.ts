import type { RouteResponse } from '@grey/contracts';
import type { Command } from '../command.ts';
import { formatTable } from '../terminal/format-table.ts';
import { printable } from '../terminal/paint.ts';
import { readRequest, requestOptions } from './request-options.ts';

export const routeCommand: Command = {
  name: 'route',
  summary: 'Which version and instance of a service answers a tenant now',
  usage: 'TENANT SERVICE [OPTIONS]',
  positionals: [2, 2],
  options: requestOptions,
  notes: ['It counts as a request: a balancer goes on to the next instance. `grey explain` moves nothing.'],
  examples: ['grey route acorn-foods orders', "grey route acorn-foods orders --user u1 --header 'x-beta: true' --json"],
  async run(context) {
    const { body } = await context.client().call('route', { body: readRequest(context) });
    context.show(body, () => formatRoute(body));
    return 'DONE';
  },
};

/** A decision, one fact a line. */
export function formatRoute(decision: RouteResponse): string {
  const { fallback, experiment, mirror, flags } = decision;
  const rows: (readonly [string, string] | undefined)[] = [
    ['version', decision.version],
    ['instance', `${decision.instance} (${decision.instanceId})`],
    ['reason', reasonOf(decision)],
    experiment === null ? undefined : ['experiment', `${experiment.id}, variant ${experiment.variant}`],
    decision.bucket === null ? undefined : ['bucket', String(decision.bucket)],
    decision.lane === null ? undefined : ['lane', decision.lane],
    decision.holds.length === 0 ? undefined : ['held by', decision.holds.join(', ')],
    fallback === null ? undefined : ['fallback', `from ${fallback.from}: ${fallback.cause}`],
    mirror === null ? undefined : ['mirror', `${mirror.version} at ${mirror.instance}`],
    flags === null
      ? undefined
      : [
          'flags',
          Object.entries(flags)
            .map(([name, value]) => `${name}=${value}`)
            .join(', '),
        ],
    decision.isDegraded ? ['degraded', 'no healthy instance was left'] : undefined,
    ['position', `${decision.epoch}-${decision.revision}`],
  ];
  return formatTable(rows.filter((row) => row !== undefined).map((row) => row.map(printable)));
}

function reasonOf({ reason, rule }: RouteResponse): string {
  return rule === null ? reason : `${reason} ${rule}`;
}
