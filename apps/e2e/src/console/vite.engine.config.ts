import path from 'node:path';

/** As the console is built, but with the engine alone in one classic script that a test can put into a page. */
export default {
  logLevel: 'error',
  build: {
    target: 'es2023',
    emptyOutDir: false,
    lib: {
      entry: path.join(import.meta.dirname, 'engine-entry.ts'),
      name: 'engine',
      formats: ['iife'],
      fileName: () => 'engine.js',
    },
  },
};
