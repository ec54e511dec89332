import { defineConfig } from 'vitest/config';

/** Integration tests: `npm run test:integration`, against the servers of DATABASE_URL and REDIS_URL. */
export default defineConfig({
  test: {
    include: ['tests/integration/**/*.test.ts'],
    // There is one database and one Redis: the files take turns.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: {
      provider: 'v8',
      reporter: ['text', 'lcov', 'json-summary'],
      reportsDirectory: 'coverage/integration',
      include: ['src/**'],
      exclude: ['**/*.test.ts'],
    },
  },
});
