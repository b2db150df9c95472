import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';

const OURS = /^\/(api|health|metrics)(\/|$)/;

/**
 * Serves the built console. Hashed assets may be kept for ever; index.html is asked for again each time, and answers every
 * path that is a page of the console and no file.
 */
export function serveConsole(app: NestExpressApplication, folder: string): void {
  const index = path.resolve(folder, 'index.html');
  if (!existsSync(index)) throw new Error(`GREY_CONSOLE_DIR holds no index.html: ${folder}`);
  app.use((request: IncomingMessage, _: ServerResponse, next: () => void) => {
    const [target = '/'] = (request.url ?? '/').split('?');
    const isPage = request.method === 'GET' || request.method === 'HEAD';
    if (isPage && !OURS.test(target) && !path.extname(target)) request.url = '/index.html';
    next();
  });
  app.useStaticAssets(path.resolve(folder), {
    index: false,
    redirect: false,
    setHeaders: (response: ServerResponse, file: string) => {
      const isHashed = path.dirname(file).endsWith(`${path.sep}assets`);
      response.setHeader('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}
