import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lintAction, lintWorkflow } from './lint-workflow.ts';

const cases = join(import.meta.dirname, '../reader/cases');
const texts = readdirSync(cases, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yml'))
  .map((file) => readFileSync(join(cases, file), 'utf8'));

/** One way to break a text: what is cut out, and what is put there. */
const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(12),
  insert: fc.constantFrom(
    '',
    '\n',
    ' ',
    '\t',
    ':',
    '- ',
    '{',
    '[',
    ']',
    '"',
    "'",
    '*a',
    '&a ',
    '${{ ',
    ' }}',
    '|\n',
    '!!x ',
    '<<: *a\n',
    '#',
    '\u0000',
    '💥',
  ),
});

const brokenText = fc
  .tuple(fc.constantFrom(...texts), fc.array(mutation, { minLength: 1, maxLength: 4 }))
  .map(([text, mutations]) => mutations.reduce(mutate, text));

function mutate(
  text: string,
  { at, length, insert }: { at: number; length: number; insert: string },
): string {
  const start = Math.floor(at * text.length);
  return text.slice(0, start) + insert + text.slice(start + length);
}

it('whatever is broken in a file is a finding within it, and never an exception', () => {
  fc.assert(
    fc.property(brokenText, (content) => {
      const lines = content.split('\n');
      const findings = [
        ...lintWorkflow({ path: 'workflow.yml', content }),
        ...lintAction({ path: 'action.yml', content }),
      ];
      for (const { line, column, message, mend } of findings) {
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(lines.length);
        expect(column).toBeGreaterThanOrEqual(1);
        expect(message.length * mend.length).toBeGreaterThan(0);
      }
    }),
    { numRuns: 500, seed: 20_260_101 },
  );
});
