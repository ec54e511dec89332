import { describe, expect, it } from 'vitest';
import { readAction } from '../reader/read-action.ts';
import { readWorkflow } from '../reader/read-workflow.ts';
import type { LintFinding } from './apply-rules.ts';
import { lintWorkflow } from './lint-workflow.ts';
import { type RuleExample, ruleExamples } from './rule-examples.ts';
import { rules } from './rules.ts';

describe('examples of the rules', () => {
  it('are there for every rule and no other', () => {
    expect(Object.keys(ruleExamples).sort()).toEqual(rules.map(({ code }) => code).sort());
  });

  it.each(Object.entries(ruleExamples))('%s is found in the wrong one only', (code, example) => {
    expect(findingsOf(code, example, 'wrong').length).toBeGreaterThan(0);
    expect(findingsOf(code, example, 'right')).toEqual([]);
  });
});

/** Of the rule; what is mended must be valid, too. */
function findingsOf(code: string, example: RuleExample, which: 'wrong' | 'right'): LintFinding[] {
  const content = wholeFile(example.in, example[which]);
  const findings = lintWorkflow({ path: 'ci.yml', content, ...surroundings(content) });
  if (which === 'right') expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  return findings.filter((finding) => finding.code === code);
}

function wholeFile(place: RuleExample['in'], snippet: string): string {
  const indented = (spaces: number) => snippet.replaceAll(/^/gm, ' '.repeat(spaces));
  const end = /^runs-on:/m.test(snippet) ? '' : '    runs-on: ubuntu-latest\n';
  const steps = '    steps: [{ run: make }]\n';
  switch (place) {
    case 'workflow':
      return snippet.includes('jobs:') ? snippet : `${snippet}\njobs:\n  build:\n${end}${steps}`;
    case 'job':
      return `on: push\njobs:\n  build:\n${indented(4)}\n${end}${steps}`;
    case 'steps':
      return `on: [push, issues]\njobs:\n  build:\n${end}    steps:\n${indented(6)}\n`;
  }
}

function surroundings(content: string) {
  const action = (runs: string) =>
    readAction({ path: 'a/action.yml', content: `name: a\ndescription: a\n${runs}` });
  const at = content.indexOf('$FOLDER');
  const isBare = at >= 0 && content[at - 1] !== '"';
  return {
    action(uses: string) {
      if (uses === './broken') return action('runs: { using: node1 }\n');
      if (uses === './working') return action('runs: { using: node24, main: a.js }\n');
      return uses.startsWith('./') ? ('missing' as const) : undefined;
    },
    unavailable: (uses: string) =>
      uses.endsWith('@v99') ? { message: 'No such ref.', mend: 'x' } : undefined,
    siblings: [
      readWorkflow({
        path: 'image.yml',
        content: 'on: push\njobs: { image: { runs-on: ubuntu-latest, steps: [{ run: make }] } }\n',
      }).value!,
    ],
    scriptFindings: isBare
      ? [
          {
            job: 'build',
            step: '__run',
            line: 1,
            column: 7,
            level: 'info' as const,
            code: 'SC2086',
            message: 'x',
          },
        ]
      : [],
  };
}
