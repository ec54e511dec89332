import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('docs/reference/cli.md says what the help says', () => {
  const tool = join(import.meta.dirname, '../tools/cli-reference.ts');
  const hooks = join(import.meta.dirname, '../tools/json-imports.ts');
  expect(() => execFileSync(process.execPath, ['--import', hooks, tool, '--check'])).not.toThrow();
});
