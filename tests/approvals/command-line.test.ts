import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { peopleOf } from '../identity/people.ts';
import { slipwayOf } from '../server/serve-child.ts';
import { type Served, serveForTest, workflow } from '../server/served.ts';
import { deploy, pushRun } from './environment-project.ts';

let served: Served;
let folder: string;

beforeAll(async () => {
  served = await serveForTest();
  folder = mkdtempSync(path.join(tmpdir(), 'slipway-environments-'));
});
afterAll(async () => {
  await served?.close();
  await rm(folder, { recursive: true, force: true });
});

test('the command line sets, shows and lists environments, secrets and variables, approves and rejects', async () => {
  const clone = await served.project('octo/env-0', workflow('ci.yml', deploy));
  const people = peopleOf(served);
  const alice = await people.user('alice', { [clone.name]: 'reader' });
  const access = { url: served.server.url, token: served.token };
  const admin = slipwayOf(access, { cwd: folder });
  const reviewer = slipwayOf({ ...access, token: alice }, { cwd: folder });
  const project_ = ['--project', clone.name];
  const set = await admin(
    'environments',
    'set',
    'production',
    ...project_,
    '--reviewer',
    'alice',
    '--approval-expires',
    '2h',
  );
  expect(set.stdout).toMatch(
    /^environment {8}production\n[\s\S]*reviewers {10}alice\n[\s\S]*an approval holds {2}2h00m\n/,
  );
  const closed = await admin(
    'environments',
    'set',
    'production',
    ...project_,
    '--freeze',
    '2020-01-01..2020-02-01T06:00 Past',
  );
  expect(closed.stdout).toContain('2020-01-01 00:00 UTC to 2020-02-01 06:00 UTC: Past');
  expect(closed.stdout).toContain('alice');
  expect((await admin('environments', ...project_)).stdout).toBe('production  settings  approval by alice\n');
  const environment = [...project_, '--env', 'production'];
  const piped = slipwayOf(access, { cwd: folder, input: 'line one\nline two\n' });
  expect(await piped('secrets', 'set', 'KEY', ...environment)).toMatchObject({
    status: 0,
    stdout: '',
    stderr: '',
  });
  expect((await admin('secrets', ...environment)).stdout).toMatch(/^KEY {2}set \d{4}-/);
  expect((await admin('vars', 'set', 'REGION=eu', 'TIER=gold', ...environment)).status).toBe(0);
  expect((await admin('vars', ...environment)).stdout).toBe('REGION  eu\nTIER    gold\n');
  const several = path.join(folder, 'several.env');
  writeFileSync(several, 'ONE=1\nTWO=2\n');
  expect((await admin('secrets', 'set', '--file', several, ...project_)).status).toBe(0);
  expect((await admin('secrets', 'remove', 'ONE', ...project_)).status).toBe(0);
  expect((await admin('secrets', '--json', ...project_)).stdout).toMatch(/^\{"name":"TWO",.*\}\n$/);
  expect(await admin('secrets', 'set', 'KEY', 'value', ...project_)).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('everyone on this machine can see it'),
  });
  expect((await admin('secrets', 'rotate-key')).stdout).toMatch(
    /^Everything is sealed with the key [0-9a-f]{16}; \d+ secrets/,
  );
  expect(await reviewer('secrets', ...project_)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('(forbidden)'),
  });

  const first = await pushRun(served, clone);
  await served.job(first, 'deploy', ({ waiting }) => waiting?.includes('approval by alice') === true);
  const listed = await reviewer('approvals');
  expect(listed.stdout).toMatch(
    /^(\d+) {2}pending {2}run \d+ of octo\/env-\d+ at [0-9a-f]{7} to production {2}asked by /,
  );
  expect(await admin('approve', '--run', String(first))).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('(not-a-reviewer)'),
  });
  const approved = await reviewer('approve', '--run', String(first), '--comment', 'fine');
  expect(approved.stdout).toContain(`Approved: run ${first} of ${clone.name}`);
  expect(await served.finished(first)).toMatchObject({ conclusion: 'success' });
  expect(await served.log(first, 'deploy')).toContain('region eu tier gold key 17\n');
  const second = await pushRun(served, clone);
  await served.job(second, 'deploy', ({ waiting }) => waiting?.includes('approval by alice') === true);
  expect((await reviewer('reject', '--reason', 'too late today')).stdout).toContain('Rejected: ');
  expect(await served.finished(second)).toMatchObject({ conclusion: 'failure' });
  expect((await reviewer('approvals')).stdout).toBe('Nothing is waiting for approval.\n');
  expect((await reviewer('approvals', '--all', '--run', String(second))).stdout).toContain(
    'rejected by alice',
  );
  expect(await reviewer('approve')).toMatchObject({
    status: 1,
    stderr: 'slipway: nothing is waiting for approval\n',
  });
}, 300_000);
