// How the browser tests run: one file at a time, because each needs the processor for itself.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    // Starting a browser on a small machine takes up to 20 s.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
