import { existsSync, readdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';

/** Paths that are never a page of the console: the API, and assets, where a missing file must be seen as missing. */
const NO_PAGE = /^\/(api|health|metrics|assets)(\/|$)/;

/**
 * Serves the built console. Hashed assets may be kept for ever; index.html is asked for again each time, and answers every
 * path that is a page of the console and no file. Ids in paths may hold dots, so a dot does not make a file.
 *
 * @throws Error when the folder holds no console
 */
export function serveConsole(app: NestExpressApplication, folder: string): void {
  const root = path.resolve(folder);
  if (!existsSync(path.join(root, 'index.html'))) throw new Error(`GREY_CONSOLE_DIR holds no index.html: ${folder}`);
  const files = new Set(
    readdirSync(root, { recursive: true, encoding: 'utf8' }).map((file) => `/${file.split(path.sep).join('/')}`),
  );
  app.use((request: IncomingMessage, _: ServerResponse, next: () => void) => {
    const [target = '/'] = (request.url ?? '/').split('?');
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (isRead && !NO_PAGE.test(target) && !(target !== '/' && files.has(target))) request.url = '/index.html';
    next();
  });
  app.useStaticAssets(root, {
    index: false,
    redirect: false,
    setHeaders: (response: ServerResponse, file: string) => {
      const isHashed = path.dirname(file) === path.join(root, 'assets');
      response.setHeader('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}
