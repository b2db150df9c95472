import { defineConfig } from 'vitest/config';

// Real servers start here, on machines that may be busy with other suites.
export default defineConfig({ test: { testTimeout: 60_000, hookTimeout: 60_000 } });
