import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { runAction, type StepResult, temporaryFolder } from './action-step.ts';

// npm itself takes seconds on a machine that has much to do.
vi.setConfig({ testTimeout: 180_000 });

/** A machine on which npm can't be asked for more than its version: what is installed then is no work of its. */
const idleNpm = `[ "$1" = --version ] && exec '${npmProgram()}' --version; echo "npm $1 was called"; exit 1`;

function npmProgram(): string {
  return execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim();
}

/** A project with one package, whose lock file names it by digest. Both may have more in their package.json. */
function project({ app = {}, greeting = {} }: { app?: object; greeting?: object } = {}): string {
  const folder = temporaryFolder();
  const source = join(folder, 'greeting');
  mkdirSync(source);
  const manifest = { name: 'greeting', version: '1.0.0', main: 'index.js', bin: 'index.js', ...greeting };
  writeFileSync(join(source, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(source, 'index.js'), "module.exports = 'hello';\n");
  const npm = (...args: string[]) => execFileSync(npmProgram(), args, { cwd: folder, stdio: 'ignore' });
  npm('pack', './greeting');
  const dependencies = { greeting: 'file:greeting-1.0.0.tgz' };
  const own = { name: 'app', version: '1.0.0', dependencies, ...app };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(own));
  npm('install', '--package-lock-only', '--offline', '--no-audit');
  return folder;
}

interface Machine {
  home: string;
  run(folder: string, options?: { env?: Record<string, string>; npm?: string }): Promise<StepResult>;
}

/** Its jobs are of a push to main unless their `env` says something else. */
function machine(): Machine {
  const home = temporaryFolder();
  return {
    home,
    run: (folder, { env = {}, npm } = {}) =>
      runAction(
        'npm-ci/npm-ci.mjs',
        { HOME: home, DIRECTORY: folder, npm_config_offline: 'true', GITHUB_EVENT_NAME: 'push', ...env },
        { programs: npm === undefined ? {} : { npm } },
      ),
  };
}

const installed = (folder: string) => join(folder, 'node_modules/greeting/index.js');

/** Of all that `node_modules` holds, kind and permissions. */
function modesOf(folder: string): Record<string, number> {
  const root = join(folder, 'node_modules');
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(paths.sort().map((path) => [path, lstatSync(join(root, path)).mode]));
}

const copyOf = (folder: string) => {
  const copy = temporaryFolder();
  execFileSync('sh', ['-c', `cp "${folder}"/*.json "${folder}"/*.tgz "${copy}"`]);
  return copy;
};

function eventFile(payload: object): string {
  const file = join(temporaryFolder(), 'event.json');
  writeFileSync(file, JSON.stringify(payload));
  return file;
}

/** What the store of a machine holds, each as a folder. */
function keptBy(home: string): string[] {
  const store = join(home, '.cache/slipway/npm-ci');
  return existsSync(store) ? readdirSync(store).map((name) => join(store, name)) : [];
}

test('what one job has installed the next one gets without npm, whole', async () => {
  const [{ run }, first] = [machine(), project()];
  expect((await run(first)).status).toBe(0);
  const second = copyOf(first);
  const { status, stdout } = await run(second, { npm: idleNpm });
  expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining('copied 3 files') });
  expect(modesOf(second)).toEqual(modesOf(first));
});

test('what a job writes into its files, even with their old time and size, comes to no other', async () => {
  const [{ run }, first] = [machine(), project()];
  await run(first);
  const second = copyOf(first);
  await run(second, { npm: idleNpm });
  for (const folder of [first, second]) {
    const { atime, mtime } = lstatSync(installed(folder));
    writeFileSync(installed(folder), "module.exports = 'evil!';\n");
    utimesSync(installed(folder), atime, mtime);
  }
  const third = copyOf(first);
  expect((await run(third, { npm: idleNpm })).status).toBe(0);
  expect(readFileSync(installed(third), 'utf8')).toBe("module.exports = 'hello';\n");
});

test('a branch gets what the default branch has left, and leaves nothing to it', async () => {
  const [{ run }, folder] = [machine(), project()];
  const event = { GITHUB_EVENT_PATH: eventFile({ repository: { default_branch: 'main' } }) };
  const [main, topic] = [event, { ...event, GITHUB_REF: 'refs/heads/topic' }];
  await run(folder, { env: topic });
  expect((await run(copyOf(folder), { npm: idleNpm, env: main })).stdout).toContain('npm ci was called');
  expect((await run(copyOf(folder), { npm: idleNpm, env: topic })).status).toBe(0);
  await run(copyOf(folder), { env: main });
  const other = { ...event, GITHUB_EVENT_NAME: 'pull_request', GITHUB_REF: 'refs/pull/7/merge' };
  expect((await run(copyOf(folder), { npm: idleNpm, env: other })).status).toBe(0);
});

test('a pull request gets what its base has left', async () => {
  const [{ run }, folder] = [machine(), project()];
  await run(folder, { env: { GITHUB_REF: 'refs/heads/develop' } });
  const of = (base: string) => ({ GITHUB_REF: 'refs/pull/7/merge', GITHUB_BASE_REF: base });
  expect((await run(copyOf(folder), { npm: idleNpm, env: of('main') })).stdout).toContain(
    'npm ci was called',
  );
  expect((await run(copyOf(folder), { npm: idleNpm, env: of('develop') })).status).toBe(0);
});

test.each(['pull_request_target', 'workflow_run', 'issue_comment'])(
  'a job of %s, which may be about other code than its ref’s, leaves nothing',
  async (name) => {
    const { run, home } = machine();
    expect((await run(project(), { env: { GITHUB_EVENT_NAME: name } })).status).toBe(0);
    expect(keptBy(home)).toEqual([]);
  },
);

test.each([
  ['the lock file', (folder: string) => appendFileSync(join(folder, 'package-lock.json'), '\n'), {}],
  ['the settings of npm', (folder: string) => writeFileSync(join(folder, '.npmrc'), 'omit=dev\n'), {}],
  ['the environment', () => {}, { NODE_ENV: 'production' }],
  ['the repository', () => {}, { GITHUB_REPOSITORY: 'octo/other' }],
])('where %s is another, npm installs', async (_, change, env) => {
  const [{ run }, first] = [machine(), project()];
  await run(first);
  const second = copyOf(first);
  change(second);
  expect((await run(second, { npm: idleNpm, env })).stdout).toContain('npm ci was called');
});

test('where npm keeps its downloads may be another folder for each job', async () => {
  const [{ run }, first] = [machine(), project()];
  await run(first, { env: { npm_config_cache: temporaryFolder() } });
  const env = { npm_config_cache: temporaryFolder() };
  expect((await run(copyOf(first), { npm: idleNpm, env })).status).toBe(0);
});

test.each([
  ['a script of the project', { app: { scripts: { postinstall: 'true' } } }, 'postinstall'],
  ['a script of a package', { greeting: { scripts: { install: 'true' } } }, 'node_modules/greeting'],
])(
  '%s may do anything, so that its install is for no other job unless npm runs none',
  async (_, manifests, reason) => {
    const [{ run, home }, folder] = [machine(), project(manifests)];
    expect(await run(folder)).toMatchObject({ status: 0, stdout: expect.stringContaining(reason) });
    expect(keptBy(home)).toEqual([]);
    const second = copyOf(folder);
    await run(second, { env: { npm_config_ignore_scripts: 'true' } });
    expect(keptBy(home)).toHaveLength(1);
  },
);

test('a folder of the project that npm has linked is for no other job', async () => {
  const { run, home } = machine();
  const folder = project({ app: { dependencies: { greeting: 'file:./greeting' } } });
  expect(await run(folder)).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('is a folder of the project'),
  });
  expect(keptBy(home)).toEqual([]);
});

test('what is kept no longer whole is removed, and npm installs', async () => {
  const [{ run, home }, first] = [machine(), project()];
  await run(first);
  const [kept = ''] = keptBy(home);
  truncateSync(installed(kept));
  const second = copyOf(first);
  expect(await run(second)).toMatchObject({ status: 0, stdout: expect.stringContaining('are whole') });
  expect(readFileSync(installed(second), 'utf8')).toBe("module.exports = 'hello';\n");
  expect((await run(copyOf(first), { npm: idleNpm })).status).toBe(0);
});

test('where nothing can be kept a job goes on without', async () => {
  const { run, home } = machine();
  writeFileSync(join(home, '.cache'), 'no folder');
  const folder = project();
  expect(await run(folder)).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('Not kept for other jobs'),
  });
  expect(existsSync(installed(folder))).toBe(true);
});

test('a copy that was interrupted is removed an hour later', async () => {
  const { run, home } = machine();
  const begun = ['begun-old', 'begun-now'].map((name) => join(home, '.cache/slipway/npm-ci', name));
  for (const path of begun) mkdirSync(path, { recursive: true });
  utimesSync(begun[0]!, new Date(0), new Date(0));
  await run(project());
  expect(begun.map((path) => existsSync(path))).toEqual([false, true]);
});

test('a fork’s job neither gets nor leaves anything', async () => {
  const { run, home } = machine();
  const folder = project();
  const event = { pull_request: { head: { repo: { full_name: 'mallory/shop' } } } };
  const env = { GITHUB_EVENT_PATH: eventFile(event), GITHUB_EVENT_NAME: 'pull_request' };
  expect((await run(folder, { env })).status).toBe(0);
  expect(keptBy(home)).toEqual([]);
  await run(folder);
  expect((await run(copyOf(folder), { npm: idleNpm, env })).stdout).toContain('npm ci was called');
});

test('an install that fails is told and kept by nobody', async () => {
  const { run, home } = machine();
  const folder = project();
  writeFileSync(join(folder, 'greeting-1.0.0.tgz'), 'not the package');
  expect((await run(folder)).status).not.toBe(0);
  expect(keptBy(home)).toEqual([]);
  expect((await run(temporaryFolder())).stdout).toContain('There is no');
});
