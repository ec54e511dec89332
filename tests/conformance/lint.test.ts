import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LintFinding, lintWorkflow } from '@slipway/workflow/lint';
import { readWorkflow } from '@slipway/workflow/reader';
import { describe, expect, it } from 'vitest';
import { loadCase, type ReaderCase } from './reader-case.ts';

const folder = join(import.meta.dirname, '../../../shared/conformance/actionlint');
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

describe("GitHub's reader data", () => {
  const reader = join(import.meta.dirname, '../../../shared/conformance/reader');
  if (!existsSync(reader)) it('is linted', (ctx) => ctx.skip(`${reader} is not here`));
  for (const name of existsSync(reader) ? readdirSync(reader) : []) {
    const one = loadCase(join(reader, name));
    // Limits of the case's own are no question of the linter.
    if (Object.keys(one.options).some((option) => /^(?:max|permissions)-/.test(option))) continue;
    it(`${name} ${one.expected.errors ? 'has' : 'has no'} error of what GitHub's parser refuses`, () => {
      expect(lintErrors(one).length > 0).toBe(one.expected.errors !== undefined);
    });
  }
});

/** In the case's files. Rules that judge what the parser lets pass are not asked: security, and filters that GitHub's server refuses. */
function lintErrors({ path, content, called }: ReaderCase): LintFinding[] {
  const read = (uses: string) => {
    const text = called.get(uses);
    return text === undefined ? undefined : readWorkflow({ path: uses, content: text }).value;
  };
  const files = [...called].map(([file, text]) => ({ path: file, content: text }));
  return [{ path, content }, ...files].flatMap((file) =>
    lintWorkflow({
      ...file,
      called: (uses) => read(uses) ?? (called.has(uses) ? undefined : 'missing'),
      disabled: ['conflicting-filters', 'insecure-command', 'untrusted-input'],
    }).filter(({ severity }) => severity === 'error'),
  );
}
