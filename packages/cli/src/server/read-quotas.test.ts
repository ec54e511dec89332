import { expect, test } from 'vitest';
import type { Mistake } from '../command-line/command.ts';
import { readQuotas } from './read-quotas.ts';

test('sizes are bytes, or counted in binary units', () => {
  const mistakes: Mistake[] = [];
  expect(readQuotas(['artifacts=20G', 'caches=1.5MiB', 'logs=700', 'kept-jobs=0'], mistakes)).toEqual({
    artifacts: 20 * 1024 ** 3,
    caches: 1.5 * 1024 ** 2,
    logs: 700,
    keptJobs: 0,
  });
  expect(mistakes).toEqual([]);
});

test('what is no quota is refused with what would be one', () => {
  const mistakes: Mistake[] = [];
  readQuotas(['artefacts=1G', 'logs=much', 'logs'], mistakes);
  expect(mistakes).toEqual([
    { message: '--quota: there is no quota of artefacts', mend: 'Did you mean artifacts?' },
    { message: "--quota 'logs=much' is no KIND=SIZE", mend: 'Write for instance artifacts=20G.' },
    { message: "--quota 'logs' is no KIND=SIZE", mend: 'Write for instance artifacts=20G.' },
  ]);
});
