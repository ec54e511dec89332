import { expect, test } from 'vitest';
import { reportOf } from './push-report.ts';

test('a push is answered with the runs that it has started, and with what is wrong in its files', () => {
  const run = { runId: 12, number: 3, workflowPath: '.github/workflows/ci.yml', name: 'Sell things' };
  const mistake = {
    file: '.github/workflows/ci.yml',
    line: 18,
    column: 14,
    severity: 'error',
    code: 'yaml-syntax',
    message: 'Nested mappings are not allowed.',
    mend: 'Put quotes around the value.',
  } as const;
  expect(
    reportOf([
      { kind: 'accepted', eventId: 1, runs: [run], notStarted: [] },
      { kind: 'duplicate', eventId: 1 },
      { kind: 'refused', eventId: 2, diagnostics: [mistake] },
    ]),
  ).toEqual([
    'Run 12: ci.yml #3, Sell things. Watch it with: slipway logs 12 --follow',
    '.github/workflows/ci.yml:18:14: error: Nested mappings are not allowed.',
    '  Put quotes around the value.',
  ]);
});
