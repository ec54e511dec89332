import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAction } from '../reader/read-action.ts';
import { readWorkflow } from '../reader/read-workflow.ts';
import type { LintFinding } from './apply-rules.ts';
import { lintAction, lintWorkflow } from './lint-workflow.ts';
import { rules } from './rules.ts';
import { applyEdits } from './text-edit.ts';

const cases = join(import.meta.dirname, 'cases');

/**
 * `cases/<name>/workflow.yml`, or the `action.yml` of a case without workflow, linted in that folder as repository; `expected.txt` has the findings, and `fixed.yml` what
 * the edits make of the file if there are any. UPDATE_GOLDENS=1 writes both.
 */
describe('golden cases of the linter', () => {
  for (const name of readdirSync(cases)) {
    it(`${name} has the expected findings`, () => {
      const { text, fixed } = lintCase(name);
      matchGolden(join(cases, name, 'expected.txt'), text);
      if (fixed !== undefined) matchGolden(join(cases, name, 'fixed.yml'), fixed);
    });
  }

  it('show every rule', () => {
    const shown = new Set(
      readdirSync(cases).flatMap((name) => lintCase(name).findings.map(({ code }) => code)),
    );
    expect(rules.map(({ code }) => code).filter((code) => !shown.has(code))).toEqual([]);
  });

  it('have a fixed file that is free of what was mended', () => {
    for (const name of readdirSync(cases)) {
      const { fixed, findings } = lintCase(name);
      if (fixed === undefined) continue;
      const mended = findings.filter(({ fix }) => fix).map(({ code }) => code);
      const left = lint(name, fixed).filter(({ fix, code }) => fix && mended.includes(code));
      expect(left, name).toEqual([]);
    }
  });
});

function matchGolden(file: string, actual: string): void {
  if (process.env.UPDATE_GOLDENS === '1') writeFileSync(file, actual);
  expect(actual).toBe(readFileSync(file, 'utf8'));
}

function lintCase(name: string) {
  const content = readFileSync(join(cases, name, subjectOf(name)), 'utf8');
  const findings = lint(name, content);
  const text = findings
    .map((f) => `${f.line}:${f.column} ${f.severity} ${f.code}: ${f.message} ${f.mend}\n`)
    .join('');
  const edits = findings.flatMap(({ fix }) => fix ?? []);
  return { findings, text, fixed: edits.length > 0 ? applyEdits(content, edits) : undefined };
}

function subjectOf(name: string): 'workflow.yml' | 'action.yml' {
  return existsSync(join(cases, name, 'workflow.yml')) ? 'workflow.yml' : 'action.yml';
}

function lint(name: string, content: string): LintFinding[] {
  const read = (path: string) => {
    const file = join(cases, name, path);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  };
  const sibling = read('sibling.yml');
  const path = subjectOf(name);
  return (path === 'action.yml' ? lintAction : lintWorkflow)({
    path,
    content,
    runnerLabels: ['gpu'],
    action: (uses) => {
      if (!uses.startsWith('./')) return undefined;
      const path = join(uses, 'action.yml');
      const manifest = read(path);
      return manifest === undefined ? 'missing' : readAction({ path, content: manifest });
    },
    called: (uses) => {
      const file = uses.startsWith('./') ? read(uses) : undefined;
      if (file === undefined) return uses.startsWith('./') ? 'missing' : undefined;
      return readWorkflow({ path: uses, content: file }).value ?? 'missing';
    },
    pin: (uses) => (uses === 'team/tool@v1' ? { sha: 'a'.repeat(40), version: 'v1.2.3' } : undefined),
    isLocked: (uses) => uses === 'team/locked@v1',
    unavailable: (uses) =>
      uses === 'team/gone@v1'
        ? { message: '`team/gone` has no ref `v1`.', mend: 'Use a tag that exists.' }
        : undefined,
    siblings: sibling === undefined ? [] : [readWorkflow({ path: 'sibling.yml', content: sibling }).value!],
    scriptFindings:
      name === 'shellcheck'
        ? [
            {
              job: 'build',
              step: '__run',
              line: 2,
              column: 6,
              level: 'info',
              code: 'SC2086',
              message: 'Double quote it.',
            },
          ]
        : [],
  });
}
