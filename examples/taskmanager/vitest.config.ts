import { defineConfig } from 'vitest/config';

/** Unit tests: `npm run test:unit`. The coverage gate is part of them. */
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'tools/**/*.test.ts', 'tests/{memory,performance}/*.test.ts'],
    reporters: ['default', ...(process.env.GITHUB_ACTIONS === 'true' ? ['github-actions'] : []), 'junit'],
    outputFile: { junit: 'reports/unit.xml' },
    testTimeout: 30_000,
    coverage: {
      provider: 'v8',
      reporter: ['text', 'lcov', 'json-summary'],
      reportsDirectory: 'coverage/unit',
      include: ['src/**'],
      // What works only against a real server, or as a process of its own, is for the integration tests.
      exclude: [
        '**/*.test.ts',
        'src/**/postgres-*.ts',
        'src/database/**',
        'src/redis/**',
        'src/notifications/notification-{worker,metrics}.ts',
        'src/lifecycle/run-process.ts',
        'src/config/require-config.ts',
        'src/health/check.ts',
        'src/{api,worker,migrate,create-user,revive-notifications}.ts',
      ],
      thresholds: { lines: 80, branches: 80, functions: 80, statements: 80 },
    },
  },
});
