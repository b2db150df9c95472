import { defineConfig } from 'vitest/config';

// Real servers start here, on machines that may be busy with other suites: one file at a time, as a Sentinel that gets no
// processor for two seconds refuses to act for thirty.
export default defineConfig({ test: { testTimeout: 120_000, hookTimeout: 60_000, fileParallelism: false } });
