import { describe, expect, it } from 'vitest';
import { ci, clean, findingsOf, head, LintedRepository, steps } from './linted-repository.ts';

describe('what slipway lint looks at around a file', () => {
  it('lets a job need one of a sibling workflow with a warning, and refuses one that exists nowhere', async () => {
    const repository = new LintedRepository({
      [ci]: clean,
      '.github/workflows/deploy.yml': clean.replace('  build:\n', '  deploy:\n    needs: [build, bild]\n'),
    });
    const findings = findingsOf(await repository.lint('--format', 'json'));
    expect(findings.map(({ severity, code }) => `${severity} ${code}`)).toEqual([
      'warning foreign-need',
      'error unknown-need',
    ]);
    const alone = findingsOf(await repository.lint('--format', 'json', '.github/workflows/deploy.yml'));
    expect(alone).toEqual(findings);
  });

  it('judges calls of workflows and their missing inputs and files', async () => {
    const call = (uses: string, rest = '') => `    uses: ./.github/workflows/${uses}\n${rest}`;
    const repository = new LintedRepository({
      [ci]: `${head}jobs:\n  a:\n${call('called.yml')}  b:\n${call('gone.yml')}  c:\n${call('called.yml', '    with: { level: 1 }\n')}`,
      '.github/workflows/called.yml': clean.replace(
        'on: push',
        'on: { workflow_call: { inputs: { level: { type: number, required: true } } } }',
      ),
    });
    const errors = findingsOf(await repository.lint('--format', 'json')).filter(
      ({ severity }) => severity === 'error',
    );
    expect(errors.map(({ line }) => line)).toEqual([5, 7]);
    expect(errors[0]?.message).toContain('level');
    expect(errors[1]?.message).toContain('gone.yml');
  });

  it('judges action files, the steps of composite actions, and the inputs that workflows give them', async () => {
    const repository = new LintedRepository({
      [ci]: steps('      - uses: ./tool\n        with: { titel: x }\n      - uses: ./nothing\n'),
      'tool/action.yml': `name: tool
description: a tool
inputs: { title: { description: it, required: true } }
runs:
  using: composite
  steps:
    - run: echo "::set-env name=A::\${{ github.event.issue.title }}"
      shell: bash
`,
    });
    const findings = findingsOf(await repository.lint('--format', 'json'));
    const places = findings.map(({ file, line, code }) => `${file}:${line} ${code}`);
    expect(places).toEqual([
      `${ci}:8 action-inputs`,
      `${ci}:9 action-inputs`,
      `${ci}:10 missing-local-action`,
      'tool/action.yml:7 insecure-command',
      'tool/action.yml:7 untrusted-input',
    ]);
  });
});
