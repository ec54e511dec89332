import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ErrorCode, errorTable, SlipwayError } from './errors.ts';

const packages = join(import.meta.dirname, '../..');

test('an error says what the table says, unless it knows more', () => {
  expect(new SlipwayError('unknown-run')).toMatchObject({ status: 404, message: 'There is no such run.' });
  const exact = new SlipwayError('bad-request', { message: 'inputs: 7 is no text', field: 'inputs' });
  expect(exact).toMatchObject({ status: 400, message: 'inputs: 7 is no text', field: 'inputs' });
});

test('every code of the table is thrown or answered somewhere, and no other is', () => {
  const sources = globSync('server/src/**/*.ts', { cwd: packages })
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(packages, file), 'utf8'))
    .join('\n');
  const thrown = [...sources.matchAll(/new SlipwayError\(\s*'([^']+)'/g)].map(([, code]) => code);
  for (const code of thrown) expect(Object.keys(errorTable)).toContain(code);
  const unused = (Object.keys(errorTable) as ErrorCode[]).filter((code) => !sources.includes(`'${code}'`));
  expect(unused).toEqual([]);
});
