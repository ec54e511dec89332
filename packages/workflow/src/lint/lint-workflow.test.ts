import { describe, expect, it } from 'vitest';
import { lintWorkflow } from './lint-workflow.ts';
import { openLint } from './open-lint.ts';
import { rules } from './rules.ts';
import { toSarif } from './sarif.ts';

const path = '.github/workflows/ci.yml';
const content = `on: push
permissions: { contents: read }
jobs:
  build:
    runs-on: ubuntu-latest
    timeout-minutes: 5
    defaults: { run: { shell: bash } }
    steps:
      - run: |
          set -e
          echo \${{ github.head_ref }}
      - run: make
        shell: pwsh
`;

describe('lintWorkflow', () => {
  it('asks no rule that is disabled', () => {
    expect(lintWorkflow({ path, content }).map(({ code }) => code)).toEqual(['untrusted-input']);
    expect(lintWorkflow({ path, content, disabled: ['untrusted-input'] })).toEqual([]);
  });

  it('lists scripts with their shells and exact places', () => {
    const [first, second] = openLint('workflow', { path, content }).scripts;
    expect(first).toMatchObject({
      job: 'build',
      step: '__run',
      shell: 'bash',
      text: 'set -e\necho ${{ github.head_ref }}\n',
    });
    expect(first?.place('set -e\nec'.length)).toEqual({ line: 11, column: 13 });
    expect(second).toMatchObject({ step: '__run_2', shell: 'pwsh', text: 'make' });
  });

  it('becomes a SARIF log that names each rule once and points to every finding', () => {
    const findings = lintWorkflow({ path, content });
    expect(toSarif(findings, '1.0.0')).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { name: 'slipway', rules: [{ id: 'untrusted-input' }] } },
          results: [
            {
              ruleIndex: 0,
              level: 'error',
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: path },
                    region: { startLine: 11, startColumn: 20 },
                  },
                },
              ],
            },
          ],
        },
      ],
    });
  });
});

describe('rules', () => {
  it('have codes of their own, and say why they matter and how they are mended', () => {
    expect(new Set(rules.map(({ code }) => code)).size).toBe(rules.length);
    for (const { code, why, mend } of rules) {
      expect(code).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
      expect(why, code).toMatch(/\w.*\.$/);
      expect(mend, code).toMatch(/\w.*\.$/);
    }
  });
});
