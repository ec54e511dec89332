import { readdirSync, readFileSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { GitRepository } from '../git-repository.ts';
import { resultOf, runSlipway, startSlipway } from '../slipway-process.ts';
import { resultsActionFiles } from './bundle-action.ts';

/** A repository whose jobs may use `./act`, on the official clients. */
async function repositoryWith(jobs: string, more: Record<string, string> = {}): Promise<GitRepository> {
  const files = { ...(await resultsActionFiles()), ...more };
  const repository = new GitRepository({ '.github/workflows/ci.yml': `on: push\njobs:\n${jobs}`, ...files });
  onTestFinished(() => repository.remove());
  return repository;
}

const job = (id: string, body: string) =>
  `  ${id}:\n    runs-on: ubuntu-latest\n${body.trim().replace(/^/gm, '    ')}\n`;

function run({ path, home }: GitRepository) {
  return runSlipway(['run', '--offline'], { cwd: path, env: { SLIPWAY_HOME: home } });
}

/** Files of uploads that are under way, or that nobody has ended. */
function unfinished({ path }: GitRepository): string[] {
  return readdirSync(join(path, '.slipway/results/blobs/uploads'));
}

test('of two jobs that save one key at once one wins, and a third restores it whole', {
  timeout: 120_000,
}, async () => {
  const save = `
steps:
  - uses: actions/checkout@v4
  - run: mkdir deps && head -c 20000000 /dev/urandom > deps/data && sha256sum deps/data > deps/sum
  - uses: ./act
    with: { do: save, name: key, path: deps }
`;
  const restore = `
needs: [one, two]
steps:
  - uses: actions/checkout@v4
  - uses: ./act
    with: { do: restore, name: key, path: deps }
  - run: sha256sum --check deps/sum
`;
  const repository = await repositoryWith(job('one', save) + job('two', save) + job('three', restore));
  const { status, stdout } = await run(repository);
  expect(status, stdout).toBe(0);
  expect(stdout.match(/saved key: as a new entry/g)).toHaveLength(1);
  expect(stdout.match(/saved key: not at all/g)).toHaveLength(1);
  expect(stdout).toContain('restored key');
});

test('an upload whose process is killed in the middle is never seen, and its bytes are gone', {
  timeout: 120_000,
}, async () => {
  const repository = await repositoryWith(
    job(
      'dies',
      `
steps:
  - uses: actions/checkout@v4
  - run: head -c 200000000 /dev/zero > large
  - uses: ./act
    with: { do: upload-and-die, name: cut, path: large }
`,
    ) +
      job(
        'looks',
        `
needs: dies
if: always()
steps:
  - uses: actions/checkout@v4
  - uses: ./act
    with: { do: list, name: '-', path: '-' }
  - run: echo whole > small
  - uses: ./act
    with: { do: upload, name: cut, path: small }
`,
      ),
  );
  const { status, stdout } = await run(repository);
  expect(status).toBe(1);
  expect(stdout).not.toContain('uploaded large');
  expect(stdout).toContain('listed: nothing');
  expect(stdout).toContain('uploaded small');
  expect(unfinished(repository)).toEqual([]);
});

test('a cache that was being saved when slipway was killed is never restored, and its key is free', {
  timeout: 120_000,
}, async () => {
  const half = {
    'half/action.yml': 'name: half\nruns: { using: node24, main: main.mjs }\n',
    'half/main.mjs': `const url = process.env.ACTIONS_RESULTS_URL + 'twirp/github.actions.results.api.v1.CacheService/CreateCacheEntry';
const headers = { authorization: 'Bearer ' + process.env.ACTIONS_RUNTIME_TOKEN, 'content-type': 'application/json' };
const begun = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ key: 'key', version: 'v' }) });
const { signed_upload_url } = await begun.json();
await fetch(signed_upload_url + '&comp=block&blockid=AAAA', { method: 'PUT', body: new Uint8Array(1_000_000) });
console.log('one block ' + 'has arrived');
setInterval(() => {}, 1000);
`,
  };
  const repository = await repositoryWith(
    job('half', 'steps:\n  - uses: actions/checkout@v4\n  - uses: ./half'),
    half,
  );
  const killed = startSlipway(['run'], { cwd: repository.path, env: { SLIPWAY_HOME: repository.home } });
  const ended = resultOf(killed);
  killed.stdout?.on(
    'data',
    (text: string) => text.includes('one block has arrived') && killed.kill('SIGKILL'),
  );
  expect((await ended).signal).toBe('SIGKILL');
  const left = unfinished(repository);
  expect(left.filter((name) => !name.startsWith('purpose-'))).toHaveLength(1);
  repository.write(
    '.github/workflows/ci.yml',
    `on: push\njobs:\n${job(
      'again',
      `
steps:
  - uses: actions/checkout@v4
  - uses: ./act
    with: { do: restore, name: key, path: deps }
  - run: mkdir deps && echo whole > deps/file
  - uses: ./act
    with: { do: save, name: key, path: deps }
`,
    )}`,
  );
  const { status, stdout } = await run(repository);
  expect(status, stdout).toBe(0);
  expect(stdout).toContain('restored undefined');
  expect(stdout).toContain('saved key: as a new entry');
});

const oneGigabyte = 1_000_000_000;
const neededBytes = 5 * oneGigabyte;
const allowedPeakBytes = 350_000_000;

test('a gigabyte goes up and comes down without being held in memory', { timeout: 600_000 }, async (ctx) => {
  const { bavail, bsize } = statfsSync(tmpdir());
  if (bavail * bsize < neededBytes) return ctx.skip(`less than ${neededBytes / 1e9} GB free in ${tmpdir()}`);
  if (process.platform !== 'linux') return ctx.skip('only Linux tells the peak of a process');
  const repository = await repositoryWith(
    job(
      'large',
      `
steps:
  - uses: actions/checkout@v4
  - run: truncate --size ${oneGigabyte} large
  - uses: ./act
    with: { do: upload, name: large, path: large }
  - uses: ./act
    with: { do: download, name: large, path: got }
  - run: cmp large got/large
`,
    ),
  );
  const started = startSlipway(['run', '--offline'], {
    cwd: repository.path,
    env: { SLIPWAY_HOME: repository.home },
  });
  let peakBytes = 0;
  const watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, peakOf(started.pid));
  }, 20);
  const { status, stdout } = await resultOf(started);
  clearInterval(watch);
  expect(status, stdout).toBe(0);
  expect(peakBytes).toBeGreaterThan(0);
  expect(peakBytes).toBeLessThan(allowedPeakBytes);
});

/** The kernel's high-water mark of what the process has had in memory; 0 when it is gone. */
function peakOf(pid: number | undefined): number {
  try {
    return 1024 * Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
