import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { pruneRuns } from './prune-runs.ts';

let runs: string;
beforeEach(() => {
  runs = mkdtempSync(join(tmpdir(), 'slipway-prune-'));
  for (let number = 1; number <= 40; number += 1) {
    mkdirSync(join(runs, String(number)));
    const status = number === 3 ? 'running' : 'finished';
    writeFileSync(join(runs, String(number), 'run.json'), JSON.stringify({ status }));
  }
});
afterEach(() => rmSync(runs, { recursive: true, force: true }));

const left = () =>
  readdirSync(runs)
    .map(Number)
    .sort((a, b) => a - b);

it('the newest runs stay, and what still runs', () => {
  pruneRuns(runs, { newest: 40, keep: 5 });
  expect(left()).toEqual([3, 36, 37, 38, 39, 40]);
});

it('most runs do not look', () => {
  pruneRuns(runs, { newest: 41, keep: 5 });
  expect(left()).toHaveLength(40);
});

it('a damaged run goes like any other', () => {
  writeFileSync(join(runs, '1/run.json'), '{');
  rmSync(join(runs, '2/run.json'));
  pruneRuns(runs, { newest: 40, keep: 37 });
  expect(left()).toEqual(Array.from({ length: 38 }, (_, index) => index + 3));
});
