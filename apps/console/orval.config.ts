import { defineConfig } from 'orval';

/** `pnpm generate`: the typed client of the console, from the committed document of the API. */
export default defineConfig({
  console: {
    input: { target: '../../packages/contracts/openapi.json' },
    output: {
      client: 'fetch',
      // What stands in the address of a page may be anything: it must not lead to another operation.
      urlEncodeParameters: true,
      mode: 'split',
      target: 'src/api/generated/grey.ts',
      schemas: 'src/api/generated/model',
      clean: true,
      override: {
        mutator: { path: './src/api/call-api.ts', name: 'callApi' },
        fetch: { includeHttpResponseReturnType: false },
      },
    },
  },
});
