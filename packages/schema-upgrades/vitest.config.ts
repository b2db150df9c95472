import { defineConfig } from 'vitest/config';

// Real servers start here, on machines that may be busy with other suites: one file at a time.
export default defineConfig({ test: { testTimeout: 120_000, hookTimeout: 60_000, fileParallelism: false } });
