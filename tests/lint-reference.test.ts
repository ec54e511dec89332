import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('docs/lint.md says what the rules say', () => {
  const tool = join(import.meta.dirname, '../tools/lint-reference.ts');
  const hooks = join(import.meta.dirname, '../tools/json-imports.ts');
  expect(() => execFileSync(process.execPath, ['--import', hooks, tool, '--check'])).not.toThrow();
});
