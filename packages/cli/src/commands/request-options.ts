import { balancers, type RouteRequest, routeRequestSchema } from '@grey/contracts';
import { CliError } from '../cli-error.ts';
import { type CommandContext, type OptionSpecs, textOf, textsOf } from '../command.ts';

/** What a routed request says of itself. */
export const requestOptions: OptionSpecs = {
  user: { type: 'string', value: 'ID', help: 'user id' },
  session: { type: 'string', value: 'ID', help: 'session id' },
  header: { type: 'string', short: 'H', value: 'NAME:VALUE', multiple: true, help: 'a header' },
  cookie: { type: 'string', value: 'NAME=VALUE', multiple: true, help: 'a cookie' },
  query: { type: 'string', value: 'NAME=VALUE', multiple: true, help: 'a query parameter' },
  attribute: { type: 'string', value: 'NAME=VALUE', multiple: true, help: 'an attribute, as text' },
  path: { type: 'string', value: 'PATH', help: 'path of the request' },
  method: { type: 'string', value: 'METHOD', help: 'its HTTP method' },
  ip: { type: 'string', value: 'ADDRESS', help: 'address of the client' },
  region: { type: 'string', value: 'REGION', help: 'region of the caller' },
  lane: { type: 'string', value: 'TAG', help: 'tag of the lane that the call is in' },
  balancer: { type: 'string', value: 'NAME', help: `instead of the service's: ${balancers.join(', ')}` },
  metadata: { type: 'string', value: 'JSON', help: 'requestMetadata as the API takes it; the options above are added' },
};

/** @throws CliError USAGE naming what does not fit the contract */
export function readRequest({ positionals, options }: CommandContext): RouteRequest {
  const [tenantId, serviceName] = positionals;
  const single = {
    userId: 'user',
    sessionId: 'session',
    path: 'path',
    method: 'method',
    clientIp: 'ip',
    region: 'region',
  };
  const metadata: Record<string, unknown> = readJson(textOf(options, 'metadata'));
  for (const [field, option] of Object.entries({ ...single, tag: 'lane' })) {
    const text = textOf(options, option);
    if (text !== undefined) metadata[field] = text;
  }
  const maps = {
    headers: ['header', ':'],
    cookies: ['cookie', '='],
    query: ['query', '='],
    attributes: ['attribute', '='],
  };
  for (const [field, [option, separator]] of Object.entries(maps)) {
    const pairs = textsOf(options, option as string).map((text) =>
      readPair(text, option as string, separator as string),
    );
    if (pairs.length > 0)
      metadata[field] = { ...(metadata[field] as object | undefined), ...Object.fromEntries(pairs) };
  }
  const balancer = textOf(options, 'balancer');
  const read = routeRequestSchema.safeParse({
    tenantId,
    serviceName,
    ...(Object.keys(metadata).length === 0 ? {} : { requestMetadata: metadata }),
    ...(balancer === undefined ? {} : { balancer }),
  });
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new CliError('USAGE', `${issue?.path.join('.')}: ${issue?.message}`);
}

function readJson(text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Said below: whatever it is, it is no object.
  }
  throw new CliError('USAGE', `--metadata takes a JSON object such as '{"userId":"u1"}'`);
}

function readPair(text: string, option: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  if (at < 1) throw new CliError('USAGE', `--${option} takes NAME${separator}VALUE, not "${text}"`);
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}
