import { writeFileSync } from 'node:fs';
import { makeOpenapi } from './openapi.ts';

/** `pnpm generate`: writes the committed openapi.json. */
const target = new URL('../openapi.json', import.meta.url);
writeFileSync(target, `${JSON.stringify(makeOpenapi('1'), null, 2)}\n`);
