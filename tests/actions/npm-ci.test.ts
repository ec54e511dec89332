import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
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

/** A project with one package, whose lock file names it by digest. */
function project(): string {
  const folder = temporaryFolder();
  const greeting = join(folder, 'greeting');
  mkdirSync(greeting);
  const manifest = { name: 'greeting', version: '1.0.0', main: 'index.js', bin: 'index.js' };
  writeFileSync(join(greeting, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(greeting, 'index.js'), "module.exports = 'hello';\n");
  const npm = (...args: string[]) => execFileSync(npmProgram(), args, { cwd: folder, stdio: 'ignore' });
  npm('pack', './greeting');
  const dependencies = { greeting: 'file:greeting-1.0.0.tgz' };
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'app', version: '1.0.0', dependencies }),
  );
  npm('install', '--package-lock-only', '--offline', '--no-audit');
  return folder;
}

interface Machine {
  home: string;
  run(folder: string, options?: { env?: Record<string, string>; npm?: string }): Promise<StepResult>;
}

function machine(): Machine {
  const home = temporaryFolder();
  return {
    home,
    run: (folder, { env = {}, npm } = {}) =>
      runAction(
        'npm-ci/npm-ci.mjs',
        { HOME: home, DIRECTORY: folder, npm_config_offline: 'true', ...env },
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
  execFileSync('sh', ['-c', `cp "${folder}"/package*.json "${folder}"/*.tgz "${copy}"`]);
  return copy;
};

test('what one job has installed the next one gets without npm, whole', async () => {
  const [{ run }, first] = [machine(), project()];
  expect((await run(first)).status).toBe(0);
  const second = copyOf(first);
  const { status, stdout } = await run(second, { npm: idleNpm });
  expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining('linked 3 files') });
  expect(modesOf(second)).toEqual(modesOf(first));
});

test('a file that a job has changed in place comes to no other job', async () => {
  const [{ run }, first] = [machine(), project()];
  await run(first);
  appendFileSync(installed(first), "module.exports = 'changed';\n");
  const second = copyOf(first);
  const { status, stdout } = await run(second);
  expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining('changed a file') });
  expect(readFileSync(installed(second), 'utf8')).toBe("module.exports = 'hello';\n");
});

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

test('a fork’s job neither gets nor leaves anything', async () => {
  const { run, home } = machine();
  const folder = project();
  const event = join(temporaryFolder(), 'event.json');
  writeFileSync(event, JSON.stringify({ pull_request: { head: { repo: { full_name: 'mallory/shop' } } } }));
  const env = { GITHUB_EVENT_PATH: event };
  expect(await run(folder, { env })).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('code of a fork'),
  });
  expect(existsSync(join(home, '.cache'))).toBe(false);
  await run(folder);
  expect((await run(copyOf(folder), { npm: idleNpm, env })).stdout).toContain('npm ci was called');
});

test('an install that fails is told and kept by nobody', async () => {
  const { run, home } = machine();
  const folder = project();
  writeFileSync(join(folder, 'greeting-1.0.0.tgz'), 'not the package');
  expect((await run(folder)).status).not.toBe(0);
  expect(existsSync(join(home, '.cache'))).toBe(false);
  expect((await run(temporaryFolder())).stdout).toContain('There is no');
});
