import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Diagnostic } from '@slipway/workflow';
import { readAction, readWorkflow } from '@slipway/workflow/reader';
import { describe, expect, it } from 'vitest';

const folder = join(import.meta.dirname, '../../../shared/conformance/act');
const cases = existsSync(folder) ? readdirSync(folder) : [];

describe('the files of the act cases', () => {
  if (cases.length === 0) it('are read', (ctx) => ctx.skip(`${folder} is not here`));
  for (const name of cases) {
    const { expect: outcome } = JSON.parse(readFileSync(join(folder, name, 'case.json'), 'utf8'));
    it(`${name}: ${outcome === 'invalid' ? 'has an error' : 'has no error'}`, () => {
      const errors = readAll(join(folder, name, 'repo')).filter(({ severity }) => severity === 'error');
      if (outcome === 'invalid') expect(errors).not.toEqual([]);
      else expect(errors).toEqual([]);
    });
  }
});

function readAll(repository: string): Diagnostic[] {
  const files = readdirSync(repository, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.ya?ml$/.test(path),
  );
  return files.flatMap((path) => {
    const content = readFileSync(join(repository, path), 'utf8');
    const isAction = /^action\.ya?ml$/.test(basename(path));
    return (isAction ? readAction({ path, content }) : readWorkflow({ path, content })).diagnostics;
  });
}
