import { z } from 'zod';
import { errorCodes, problemSchema } from './errors.ts';
import { errorsOf, type Operation } from './operation.ts';
import { operationList } from './operations.ts';
import { CONVERGENCE_HEADER, waitQuerySchema } from './routers.ts';

type Json = Record<string, unknown>;

/** Schemas with an `id` become components; inputs and outputs of one id are the same here because ids are never shared between them. */
function schemasOf(io: 'input' | 'output') {
  const components: Record<string, Json> = {};
  return {
    components,
    refTo(schema: z.ZodType): Json {
      const json = z.toJSONSchema(schema, {
        io,
        target: 'draft-2020-12',
        reused: 'inline',
        unrepresentable: 'any',
      }) as Json;
      return lift(json, components);
    },
  };
}

/** Moves `$defs` of a JSON schema into the components of the document and drops the dialect marker. */
function lift(json: Json, components: Record<string, Json>): Json {
  const { $schema: _, $defs, id, ...rest } = json as Json & { $defs?: Record<string, Json>; id?: string };
  for (const [name, definition] of Object.entries($defs ?? {})) {
    const { $schema: __, id: ___, ...body } = definition;
    components[name] = rewrite(body) as Json;
  }
  const body = rewrite(rest) as Json;
  if (typeof id !== 'string') return body;
  components[id] = body;
  return { $ref: `#/components/schemas/${id}` };
}

function rewrite(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rewrite);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) =>
      key === '$ref' && typeof inner === 'string'
        ? [key, inner.replace(/^#\/\$defs\//, '#/components/schemas/')]
        : [key, rewrite(inner)],
    ),
  );
}

function parametersOf(operation: Operation, refTo: (schema: z.ZodType) => Json): Json[] {
  const parameters: Json[] = [];
  const add = (where: 'path' | 'query', shape: z.ZodObject | undefined) => {
    for (const [name, schema] of Object.entries(shape?.shape ?? {})) {
      const isOptional = (schema as z.ZodType).safeParse(undefined).success;
      parameters.push({
        name,
        in: where,
        required: where === 'path' || !isOptional,
        schema: refTo(schema as z.ZodType),
      });
    }
  };
  add('path', operation.params);
  add('query', operation.query);
  if (operation.canWait) add('query', waitQuerySchema);
  if (operation.hasEtag && operation.method !== 'GET' && operation.method !== 'POST')
    parameters.push({
      name: 'If-Match',
      in: 'header',
      required: false,
      schema: { type: 'string' },
      description: 'ETag the caller saw; answered with 412 when the state has moved on.',
    });
  if (operation.isIdempotent)
    parameters.push({
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      schema: { type: 'string', minLength: 1, maxLength: 128 },
      description: 'The same key and request give the same answer and one effect, for 24 hours.',
    });
  if (operation.id === 'stream')
    parameters.push({
      name: 'Last-Event-ID',
      in: 'header',
      required: false,
      schema: { type: 'string' },
      description: 'Resume after this change.',
    });
  return parameters;
}

function headersOf(operation: Operation): Json {
  const headers: Json = {
    ...(operation.hasEtag && operation.success.status !== 204 ? { ETag: { schema: { type: 'string' } } } : {}),
    ...(operation.canWait
      ? {
          [CONVERGENCE_HEADER]: {
            schema: { type: 'string' },
            description: 'With `wait=converged`: `applied=2, total=3, elapsed=5000, missing=("api-3")`.',
          },
        }
      : {}),
  };
  return Object.keys(headers).length === 0 ? {} : { headers };
}

function responsesOf(operation: Operation, refTo: (schema: z.ZodType) => Json): Json {
  const { status, schema, contentType = 'application/json', description } = operation.success;
  const responses: Record<string, Json> = {
    [status]: {
      description: description ?? operation.summary,
      ...(schema || operation.success.contentType
        ? {
            content: {
              [contentType]: {
                schema: schema ? refTo(schema) : { type: contentType === 'application/json' ? 'object' : 'string' },
              },
            },
          }
        : {}),
      ...headersOf(operation),
    },
  };
  const { also } = operation;
  if (also !== undefined)
    responses[also.status] = {
      description: also.description,
      content: { 'application/json': { schema: refTo(also.schema) } },
    };
  const byStatus = Map.groupBy(errorsOf(operation), (code) => errorCodes[code].status);
  for (const [errorStatus, codes] of [...byStatus].sort(([a], [b]) => a - b)) {
    responses[errorStatus] = {
      description: codes.map((code) => `\`${code}\`: ${errorCodes[code].title}`).join('\n\n'),
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    };
  }
  return responses;
}

/** The OpenAPI 3.1 document of the whole API. */
export function makeOpenapi(version: string): Json {
  const input = schemasOf('input');
  const output = schemasOf('output');
  output.refTo(problemSchema);
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of operationList) {
    const path = paths[operation.path] ?? {};
    paths[operation.path] = path;
    path[operation.method.toLowerCase()] = {
      operationId: operation.id,
      tags: [operation.tag],
      summary: operation.summary,
      description:
        operation.permission === 'public'
          ? 'Open to everybody.'
          : operation.permission === 'authenticated'
            ? 'Needs a valid token.'
            : `Needs the permission \`${operation.permission}\`.`,
      'x-permission': operation.permission,
      ...(operation.permission === 'public' ? { security: [] } : {}),
      parameters: parametersOf(operation, input.refTo),
      ...(operation.body
        ? {
            requestBody: {
              required: !operation.body.safeParse(undefined).success,
              content: { 'application/json': { schema: input.refTo(operation.body) } },
            },
          }
        : {}),
      responses: responsesOf(operation, output.refTo),
    };
  }
  const schemas = { ...input.components, ...output.components };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Grey Service Router',
      version,
      description: 'Decides per tenant and request which version and which instance of a service answers.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    tags: [...new Set(operationList.map((operation) => operation.tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'A session token from /api/auth/login, or an API key.' },
      },
      schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  };
}
