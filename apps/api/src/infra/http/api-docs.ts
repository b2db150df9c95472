import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { errorCodes } from '@grey/contracts';

const assets = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Grey Service Router — API</title>
    <link rel="stylesheet" href="/api/docs/swagger-ui.css" />
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/api/docs/swagger-ui-bundle.js"></script>
    <script src="/api/docs/open.js"></script>
  </body>
</html>
`;
const script = `SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null });\n`;
const errorRows = Object.entries(errorCodes).map(
  ([code, { status, title }]) =>
    `<tr id="${code}"><td>${status}</td><td><code>${code}</code></td><td>${title}</td></tr>`,
);
const errorPage = `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8" /><title>Grey Service Router — error codes</title></head>
  <body>
    <h1>Error codes</h1>
    <table><thead><tr><th>status</th><th>code</th><th>meaning</th></tr></thead><tbody>${errorRows.join('\n')}</tbody></table>
  </body>
</html>
`;

const files: Readonly<Record<string, { type: string; read: () => string | Buffer }>> = Object.assign(
  Object.create(null),
  {
    '/api/docs': { type: 'text/html; charset=utf-8', read: () => page },
    '/api/docs/': { type: 'text/html; charset=utf-8', read: () => page },
    '/api/docs/errors': { type: 'text/html; charset=utf-8', read: () => errorPage },
    '/api/docs/open.js': { type: 'text/javascript; charset=utf-8', read: () => script },
    '/api/docs/swagger-ui.css': { type: 'text/css; charset=utf-8', read: () => readAsset('swagger-ui.css') },
    '/api/docs/swagger-ui-bundle.js': {
      type: 'text/javascript; charset=utf-8',
      read: () => readAsset('swagger-ui-bundle.js'),
    },
  },
);
const cache = new Map<string, Buffer>();

/** Serves the browsable API and the list of error codes; nothing comes from another host. */
export function serveApiDocs(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  const file = files[(request.url ?? '').split('?')[0]!];
  if (file === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) {
    next();
    return;
  }
  const body = Buffer.from(file.read());
  response.writeHead(200, { 'Content-Type': file.type, 'Content-Length': body.length, 'Cache-Control': 'no-cache' });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function readAsset(name: string): Buffer {
  const known = cache.get(name) ?? readFileSync(path.join(assets, name));
  cache.set(name, known);
  return known;
}
