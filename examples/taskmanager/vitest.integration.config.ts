import { defineConfig } from 'vitest/config';

/** Integration tests: `npm run test:integration`, against the servers of DATABASE_URL and REDIS_URL. */
export default defineConfig({
  test: {
    include: ['tests/integration/**/*.test.ts'],
    // There is one database and one Redis: the files take turns.
    fileParallelism: false,
    reporters: ['default', ...(process.env.GITHUB_ACTIONS === 'true' ? ['github-actions'] : []), 'junit'],
    outputFile: { junit: 'reports/integration.xml' },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: {
      provider: 'v8',
      reporter: ['text', 'lcov', 'json-summary'],
      reportsDirectory: 'coverage/integration',
      // What the unit tests leave out. The service itself runs as a process of its own, which is not measured.
      include: ['src/**/postgres-*.ts', 'src/database/**', 'src/redis/**', 'src/notifications/**'],
      exclude: ['**/*.test.ts'],
      thresholds: { lines: 80, branches: 80, functions: 80, statements: 80 },
    },
  },
});
