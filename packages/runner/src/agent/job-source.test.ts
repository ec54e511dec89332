import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobRequest } from '@slipway/workflow';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTestRepository, type TestRepository } from '../git/test-repository.ts';
import { checkoutWorkingTree } from '../workspace/checkout-working-tree.ts';
import { type PreparedSource, prepareSource } from './job-source.ts';

let directory: string;
let repository: TestRepository;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'slipway-source-'));
  repository = createTestRepository(join(directory, 'repository'));
  repository.commit({
    'README.md': 'read me',
    'src/index.js': 'code',
    'tools/greet/action.yml': 'name: greet\nruns: { using: composite, steps: [] }\n',
    '.github/workflows/actions.lock': 'version: 1\n',
  });
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('the clone has only what is read before the checkout, which writes the files into the workspace', async () => {
  const source = await prepare(['actions/checkout@v4', './tools/greet']);
  expect(source.repositoryHolds).toBe('commit');
  expect(existsSync(join(source.repositoryRoot, 'src/index.js'))).toBe(false);
  expect(existsSync(join(source.repositoryRoot, 'tools/greet/action.yml'))).toBe(true);
  expect(existsSync(join(source.repositoryRoot, '.github/workflows/actions.lock'))).toBe(true);

  const workspace = join(directory, 'workspace');
  await checkoutWorkingTree({
    source: source.repositoryRoot,
    holds: source.repositoryHolds,
    workspace,
    inputs: {},
    repository: 'octo/app',
    ref: 'refs/heads/main',
    log: () => {},
    warn: () => {},
    signal: AbortSignal.timeout(60_000),
  });
  expect(readFileSync(join(workspace, 'src/index.js'), 'utf8')).toBe('code');
  expect(existsSync(join(workspace, '.git/info/sparse-checkout'))).toBe(false);
});

test('the clone has all files for a job that uses an action of its own repository', async () => {
  const source = await prepare(['$/tools/greet']);
  expect(readFileSync(join(source.repositoryRoot, 'src/index.js'), 'utf8')).toBe('code');
});

test('a fetch that git refuses since somebody else fetches into the mirror is done again', async () => {
  const before = await prepare(['actions/checkout@v4']);
  const mirror = join(
    readFileSync(join(before.repositoryRoot, '.git/objects/info/alternates'), 'utf8').trim(),
    '..',
  );
  repository.commit({ 'README.md': 'read me again' });
  const lock = join(mirror, 'refs/heads/main.lock');
  writeFileSync(lock, '');
  const trace = join(directory, 'trace');
  process.env.GIT_TRACE2_EVENT = trace;
  try {
    const preparing = prepare(['actions/checkout@v4'], 'second');
    await vi.waitFor(
      () => expect(readFileSync(trace, 'utf8')).toMatch(/"event":"error".*cannot lock ref/),
      30_000,
    );
    rmSync(lock);
    expect((await preparing).repositoryHolds).toBe('commit');
  } finally {
    delete process.env.GIT_TRACE2_EVENT;
  }
}, 60_000);

function prepare(uses: string[], work = 'work'): Promise<PreparedSource> {
  const steps = uses.map((one) => ({ kind: 'action', uses: one }));
  return prepareSource(
    {
      kind: 'repository',
      url: repository.root,
      sha: repository.git('rev-parse', 'HEAD').trim(),
      ref: 'refs/heads/main',
      token: '',
    },
    {
      slipwayHome: join(directory, 'home'),
      workDirectory: join(directory, work),
      request: { job: { steps } } as unknown as JobRequest,
      signal: AbortSignal.timeout(60_000),
    },
  );
}
