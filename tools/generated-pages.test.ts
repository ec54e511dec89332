import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it.each([
  ['docs/reference/cli.md', 'what the help says', 'cli-reference.ts'],
  ['docs/lint.md', 'what the rules say', 'lint-reference.ts'],
  ['docs/compatibility.md', "each key of GitHub's syntax", 'compatibility.ts'],
])('%s says %s', (_page, _source, tool) => {
  const command = ['--import', join(import.meta.dirname, 'json-imports.ts'), join(import.meta.dirname, tool)];
  expect(() => execFileSync(process.execPath, [...command, '--check'])).not.toThrow();
});
