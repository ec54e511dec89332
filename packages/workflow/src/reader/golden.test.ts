import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assessNeeds } from './needs.ts';
import { readAction } from './read-action.ts';
import { readWorkflow } from './read-workflow.ts';

const cases = join(import.meta.dirname, 'cases');

/** `cases/<name>/{workflow.yml|action.yml,expected.json}`; UPDATE_GOLDENS=1 writes what is read as expected. */
describe('golden cases of the reader', () => {
  for (const name of readdirSync(cases)) {
    it(`${name} is read as expected`, () => {
      const expectedFile = join(cases, name, 'expected.json');
      const actual = `${JSON.stringify(readCase(join(cases, name)), null, 2)}\n`;
      if (process.env.UPDATE_GOLDENS === '1') writeFileSync(expectedFile, actual);
      expect(actual).toBe(readFileSync(expectedFile, 'utf8'));
    });
  }

  it('are at least forty, good and bad', () => {
    const kinds = readdirSync(cases).map(
      (name) => 'value' in JSON.parse(readFileSync(join(cases, name, 'expected.json'), 'utf8')),
    );
    expect(kinds.length).toBeGreaterThanOrEqual(40);
    expect(new Set(kinds)).toEqual(new Set([true, false]));
  });
});

function readCase(directory: string): object {
  const action = join(directory, 'action.yml');
  if (existsSync(action)) return readAction({ path: 'action.yml', content: readFileSync(action, 'utf8') });
  const content = readFileSync(join(directory, 'workflow.yml'), 'utf8');
  const { value, diagnostics } = readWorkflow({ path: '.github/workflows/workflow.yml', content });
  return { value, diagnostics: [...diagnostics, ...(value ? assessNeeds(value) : [])] };
}
