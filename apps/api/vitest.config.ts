import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Nest finds out what to inject from the metadata of decorators, which only swc emits here.
  plugins: [
    swc.vite({
      module: { type: 'es6' },
      jsc: {
        target: 'es2022',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
      },
    }),
  ],
  oxc: false,
  test: {
    include: ['src/**/*.test.ts'],
    globalSetup: ['test/postgres-for-tests.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // More than cores: most files wait for a server now and then.
    maxWorkers: 3,
    // Loading the application anew for each file took a third of the time. No file mocks modules or leaves timers behind.
    isolate: false,
  },
});
