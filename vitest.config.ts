import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'tests/**/*.test.ts', 'tools/**/*.test.ts'],
    reporters: ['default', './tools/count-reporter.ts'],
    // GitHub's packages import JSON without an import attribute, which plain Node refuses.
    server: { deps: { inline: [/@actions\/(workflow-parser|expressions)/] } },
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
