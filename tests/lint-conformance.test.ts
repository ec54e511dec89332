import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LintFinding, lintWorkflow } from '@slipway/workflow/lint';
import { describe, expect, it } from 'vitest';

const folder = join(import.meta.dirname, '../../shared/conformance/actionlint');
const isHere = existsSync(folder);

describe("actionlint's data", () => {
  if (!isHere) it('is judged as actionlint judges it', (ctx) => ctx.skip(`${folder} is not here`));
  for (const file of isHere ? workflowsOf('ok') : []) {
    it(`ok/${file} has no errors`, () => {
      expect(lint('ok', file).filter(({ severity }) => severity === 'error')).toEqual([]);
    });
  }

  it.runIf(isHere)('at least nine in ten of err and examples are flagged on an expected line', () => {
    for (const set of ['err', 'examples']) {
      const files = workflowsOf(set);
      const missed = files.filter((file) => !isFlagged(set, file));
      process.stdout.write(
        `${set}: ${files.length - missed.length} of ${files.length} flagged; not: ${missed.join(', ')}\n`,
      );
      expect((files.length - missed.length) / files.length, missed.join(', ')).toBeGreaterThanOrEqual(0.9);
    }
  });
});

function workflowsOf(set: string): string[] {
  return readdirSync(join(folder, set)).filter((file) => file.endsWith('.yaml'));
}

/** The data have no repository around the files, so that no local action is found. */
function lint(set: string, file: string): LintFinding[] {
  const content = readFileSync(join(folder, set, file), 'utf8');
  return lintWorkflow({
    path: 'test.yaml',
    content,
    action: (uses) => (uses.startsWith('.') ? 'missing' : undefined),
  });
}

/** The rules that fire on nearly every file prove nothing. */
const general = new Set(['missing-permissions', 'missing-timeout', 'moving-ref']);

function isFlagged(set: string, file: string): boolean {
  const expected = readFileSync(join(folder, set, file.replace('.yaml', '.out')), 'utf8');
  const lines = new Set([...expected.matchAll(/test\\?\.yaml:(\d+):/g)].map(([, line]) => Number(line)));
  return lint(set, file).some(({ line, code }) => lines.has(line) && !general.has(code));
}
