import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GitRepository } from '../git-repository.ts';
import { runSlipway } from '../slipway-process.ts';

/** Cases of nektos/act; the README beside them says how to read them. */
interface Case {
  event: string;
  workflows: string;
  jobs?: string;
  eventFile?: string;
  inputs?: Record<string, string>;
  secrets?: Record<string, string>;
  repository?: string;
  mustNotPrint?: string[];
  expect: 'success' | 'failure' | 'invalid';
}

const folder = join(import.meta.dirname, '../../../shared/conformance/act');
const names = existsSync(folder) ? readdirSync(folder).sort() : [];
const statuses = { success: 0, failure: 1, invalid: 2 };

describe('the cases of nektos/act', () => {
  if (names.length === 0) it('are there', (ctx) => ctx.skip('../shared/conformance is not on this machine'));

  it.each(names)(
    '%s ends as it must',
    async (name) => {
      const one: Case = JSON.parse(readFileSync(join(folder, name, 'case.json'), 'utf8'));
      const repository = new GitRepository(join(folder, name, 'repo'));
      try {
        const env = { ACT: 'true', SLIPWAY_HOME: repository.home };
        const result = await runSlipway(commandLine(one), { cwd: repository.path, env });
        const output = result.stdout + result.stderr;
        expect(result.status, output).toBe(statuses[one.expect]);
        for (const text of one.mustNotPrint ?? []) expect(output).not.toContain(text);
        if (one.expect === 'invalid') expect(output).not.toContain('== ');
      } finally {
        repository.remove();
      }
    },
    120_000,
  );
});

function commandLine(one: Case): string[] {
  const pairs = (option: string, values: Record<string, string> = {}) =>
    Object.entries(values).flatMap(([key, value]) => [option, `${key}=${value}`]);
  return [
    ...['run', one.event, '--workflows', one.workflows, '--env', 'ACT=true'],
    ...['--executor', 'host', '--runner', '*=host'],
    ...(one.jobs === undefined ? [] : ['--job', one.jobs]),
    ...(one.eventFile === undefined ? [] : ['--event-file', one.eventFile]),
    ...(one.repository === undefined ? [] : ['--repository', one.repository]),
    ...pairs('--input', one.inputs),
    ...pairs('--secret', one.secrets),
  ];
}
