import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it("docs/compatibility.md has a row for every key of GitHub's syntax", () => {
  const tool = join(import.meta.dirname, '../tools/compatibility.ts');
  const hooks = join(import.meta.dirname, '../tools/json-imports.ts');
  expect(() => execFileSync(process.execPath, ['--import', hooks, tool, '--check'])).not.toThrow();
});
