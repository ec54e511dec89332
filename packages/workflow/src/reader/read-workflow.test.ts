import { describe, expect, it } from 'vitest';
import { readWorkflow } from './read-workflow.ts';

const path = '.github/workflows/ci.yml';

describe('readWorkflow', () => {
  it('returns what survives being cached as JSON', () => {
    const content =
      'on: push\nenv: { A: .inf }\njobs:\n  a: { runs-on: x, strategy: { matrix: { n: [.nan, -.inf] } }, steps: [] }\n';
    const { value } = readWorkflow({ path, content });
    expect(JSON.parse(JSON.stringify(value))).toEqual(value);
  });

  it('refuses a file longer than a mebibyte', () => {
    const content = `# ${'x'.repeat(1024 * 1024)}`;
    expect(readWorkflow({ path, content }).diagnostics.map(({ code }) => code)).toEqual(['file-too-large']);
  });

  it('refuses aliases that multiply without end', () => {
    const levels = Array.from(
      { length: 9 },
      (_, i) => `  l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(', ')}]`,
    );
    const content = ['x:', '  l0: &l0 [a]', ...levels].join('\n');
    expect(readWorkflow({ path, content }).diagnostics.map(({ code }) => code)).toEqual(['too-many-nodes']);
  });

  it('refuses a text that with its expressions is longer than GitHub evaluates', () => {
    const script = `echo \${{ github.sha }}\n${'          echo\n'.repeat(5000)}`;
    const content = `on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n          ${script}`;
    expect(readWorkflow({ path, content }).diagnostics.map(({ code }) => code)).toEqual([
      'expression-too-long',
    ]);
  });

  it('takes limits other than those of GitHub', () => {
    const content = 'on: push\njobs:\n  a: { runs-on: x, steps: [] }\n';
    expect(readWorkflow({ path, content, limits: { maxDepth: 3 } }).value).toBeUndefined();
    expect(readWorkflow({ path, content, limits: { maxDepth: 4 } }).value).toBeDefined();
  });

  it('never throws, whatever the text', () => {
    const texts = [
      '\0',
      '{',
      '[',
      '? ',
      '- - -',
      ': :',
      '&a',
      '*a',
      '!!x',
      '|',
      '>',
      '"',
      "'",
      '%',
      '---',
      '...',
      '{[',
      '\t',
      '${{',
      'on:\n- ? x',
      'a: !<x> b',
      '"on": {"push": [}',
    ];
    for (const content of texts) {
      const { value, diagnostics } = readWorkflow({ path, content });
      expect(value, content).toBeUndefined();
      expect(diagnostics.length, content).toBeGreaterThan(0);
    }
  });
});
