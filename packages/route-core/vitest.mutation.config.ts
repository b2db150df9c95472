import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** For the mutation run: every test, but properties with few and repeatable cases, as they run once for each mutant. */
export default defineConfig({
  test: {
    alias: [{ find: /^fast-check$/, replacement: fileURLToPath(new URL('src/testing/few-cases.ts', import.meta.url)) }],
  },
});
