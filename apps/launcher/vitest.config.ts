import { defineConfig } from 'vitest/config';

// The tests of the walls start a program each, on machines that may be busy with other suites.
export default defineConfig({ test: { testTimeout: 60_000 } });
