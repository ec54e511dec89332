import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createActionStore } from './create-action-store.ts';
import { type LockOptions, lockActions } from './lock-actions.ts';
import { createGithubIds } from './repository-ids.ts';
import { createTestServer, type TestServer } from './test-server.ts';
import { failure } from './test-store.ts';

let directory: string;
let repositoryRoot: string;
let lockPath: string;
let server: TestServer;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'slipway-lock-'));
  repositoryRoot = join(directory, 'app');
  lockPath = join(repositoryRoot, '.github/workflows/actions.lock');
  server = createTestServer(join(directory, 'server'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

const CI = '.github/workflows/ci.yml';
const NODE = 'name: tool\nruns:\n  using: node24\n  main: index.js\n';
const composite = (uses: string) => `name: outer\nruns:\n  using: composite\n  steps:\n    - uses: ${uses}\n`;

function lock(uses: string[], options: Partial<LockOptions> = {}) {
  return lockActions({
    repositoryRoot,
    slipwayHome: join(directory, 'home'),
    workflows: { [CI]: uses },
    repositoryIds: async (repository) => ({ ownerId: 1, repositoryId: repository.length }),
    env: server.env,
    signal: AbortSignal.timeout(60_000),
    ...options,
  });
}

function run(uses: string, { offline = false, workflowPath = CI } = {}) {
  const store = createActionStore({
    slipwayHome: join(directory, 'home'),
    env: server.env,
    repositoryRoot,
    offline,
  });
  const context = { workspace: directory, ownRepository: repositoryRoot, workflowPath };
  return store.resolve(uses, context, AbortSignal.timeout(60_000));
}

function writeLock(text: string) {
  mkdirSync(dirname(lockPath), { recursive: true });
  writeFileSync(lockPath, text);
}

describe('writing the lockfile', () => {
  test("gives GitHub's format, with what composite actions use themselves", async () => {
    const tool = server.repository('Octo/tool');
    const toolSha = tool.commit({ 'action.yml': NODE });
    tool.git('tag', 'v1');
    tool.git('tag', 'v1.0.2');
    const outerSha = server
      .repository('octo/outer')
      .commit({ 'sub/action.yml': composite(`Octo/tool@${toolSha}`) });

    await lock(['octo/outer/sub@main', './nowhere', 'docker://alpine']);

    expect(
      readFileSync(lockPath, 'utf8'),
    ).toBe(`# Machine-generated; do not edit. Locks the actions that the workflows use to commits.
version: 'v0.0.2'
workflows:
    '.github/workflows/ci.yml':
        - 'octo/outer@main'
dependencies:
    'octo/outer@main':
        ref: 'main'
        commit: 'sha1-${outerSha}'
        owner_id: 1
        repo_id: 10
        uses:
            - 'octo/tool@${toolSha}'
    'octo/tool@${toolSha}':
        ref: 'v1.0.2'
        commit: 'sha1-${toolSha}'
        owner_id: 1
        repo_id: 9
`);
  });

  test('keeps what is locked until asked to update, and drops what is used no more', async () => {
    const tool = server.repository('octo/tool');
    const old = tool.commit({ 'action.yml': NODE });
    server.repository('octo/gone').commit({ 'action.yml': NODE });
    server.repository('octo/added').commit({ 'action.yml': NODE });
    await lock(['octo/tool@main', 'octo/gone@main']);
    const newer = tool.commit({ 'action.yml': `${NODE}# newer\n` });

    const kept = await lock(['octo/tool@main', 'octo/added@main']);
    const updated = await lock(['octo/tool@main', 'octo/added@main'], { update: true });

    expect(Object.keys(kept.lockfile.dependencies).sort()).toEqual(['octo/added@main', 'octo/tool@main']);
    expect(kept.lockfile.dependencies['octo/tool@main']?.sha).toBe(old);
    expect(updated.changed).toEqual([{ key: 'octo/tool@main', before: old, after: newer }]);
  });

  test('follows the local composite actions of the repository', async () => {
    server.repository('octo/tool').commit({ 'action.yml': NODE });
    const local = join(repositoryRoot, 'actions/build/action.yml');
    mkdirSync(dirname(local), { recursive: true });
    writeFileSync(local, composite('octo/tool@main'));

    const { lockfile } = await lock(['$/actions/build', './actions/build']);

    expect(lockfile.workflows).toEqual({ [CI]: ['octo/tool@main'] });
  });

  test("asks GitHub's API for the ids; where it does not answer, says so and leaves the workflow out", async () => {
    server.repository('octo/known').commit({ 'action.yml': NODE });
    server.repository('octo/unknown').commit({ 'action.yml': NODE });
    const api = createServer((request, response) => {
      response.statusCode = request.url === '/repos/octo/known' ? 200 : 404;
      response.end(JSON.stringify({ id: 7, owner: { id: 5 } }));
    }).listen(0, '127.0.0.1');
    await new Promise((listening) => api.once('listening', listening));
    const { port } = api.address() as { port: number };
    try {
      const { lockfile, withoutIds } = await lock([], {
        workflows: { 'a.yml': ['octo/known@main'], 'b.yml': ['octo/known@main', 'octo/unknown@main'] },
        repositoryIds: createGithubIds({ apiUrl: `http://127.0.0.1:${port}` }),
      });
      expect(withoutIds).toEqual(['octo/unknown@main']);
      expect(lockfile.workflows).toEqual({ 'a.yml': ['octo/known@main'] });
      expect(lockfile.dependencies['octo/known@main']).toMatchObject({ ownerId: 5, repositoryId: 7 });
    } finally {
      api.close();
    }
  });
});

describe('a locked action', () => {
  test('whose ref still names its commit is used', async () => {
    const sha = server.repository('Octo/Tool').commit({ 'action.yml': NODE });
    await lock(['Octo/Tool@main']);

    expect((await run('Octo/Tool@main')).remote?.sha).toBe(sha);
  });

  test('whose tag was moved fails, naming the old and the new commit and what to do', async () => {
    const tool = server.repository('octo/tool');
    const old = tool.commit({ 'action.yml': NODE });
    tool.git('tag', 'v1');
    await lock(['octo/tool@v1']);
    const evil = tool.commit({ 'index.js': 'steal()' });
    tool.git('tag', '--force', 'v1');

    const error = await failure(run('octo/tool@v1'));

    expect(error.code).toBe('lock-mismatch');
    expect(error.message).toContain(old);
    expect(error.message).toContain(evil);
    expect(error.mend).toContain('slipway lock --update');
  });

  test('is used offline at its locked commit', async () => {
    const tool = server.repository('octo/tool');
    const locked = tool.commit({ 'action.yml': NODE });
    await lock(['octo/tool@main']);
    rmSync(join(directory, 'server'), { recursive: true });

    expect((await run('octo/tool@main', { offline: true })).remote?.sha).toBe(locked);
  });

  test('is demanded of a workflow that is listed, and of no other', async () => {
    server.repository('octo/tool').commit({ 'action.yml': NODE });
    server.repository('octo/new').commit({ 'action.yml': NODE });
    await lock(['octo/tool@main']);

    const error = await failure(run('octo/new@main'));

    expect(error.code).toBe('lock-missing');
    expect(error.message).toContain('octo/new@main');
    expect((await run('octo/new@main', { workflowPath: '.github/workflows/other.yml' })).remote?.ref).toBe(
      'main',
    );
  });
});

describe('a lockfile that is not one', () => {
  test.each([
    ['version: [', 'actions.lock:1:'],
    ["version: 'v9.0.0'\n", "'v9.0.0'"],
    ["version: 'v0.0.2'\nextra: 1\n", "unknown key 'extra'"],
    [
      "version: 'v0.0.2'\ndependencies:\n  'octo/tool@main':\n    ref: 'main'\n    commit: 'abc'\n",
      "'octo/tool@main'",
    ],
    ["version: 'v0.0.2'\nworkflows: [a]\n", 'workflows must be a mapping'],
  ])('is an error: %j', async (text, words) => {
    writeLock(text);

    const error = await failure(run('octo/tool@main'));

    expect(error.code).toBe('invalid-lockfile');
    expect(error.message).toContain(words);
  });

  test('but one that is empty locks nothing', async () => {
    writeLock("version: 'v0.0.2'\n");
    server.repository('octo/tool').commit({ 'action.yml': NODE });

    expect((await run('octo/tool@main')).remote?.ref).toBe('main');
  });
});
