import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, type TestContext, test } from 'vitest';
import { createTestRepository } from '../git/test-repository.ts';
import { fillToolCache } from '../tool-cache/fill-tool-cache.ts';
import { toolOfAction } from '../tool-cache/tool.ts';
import { createActionStore } from './create-action-store.ts';

// Actions as their authors published them, from copies of their repositories: <mirrors>/<owner>/<repo>.
const mirrors = process.env.SLIPWAY_ACTION_MIRRORS;
const run = promisify(execFile);

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'slipway-unmodified-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

function requireMirrors(context: TestContext) {
  if (mirrors === undefined)
    context.skip('SLIPWAY_ACTION_MIRRORS names no folder with copies of the actions');
}

interface Outcome {
  stdout: string;
  /** Lines of GITHUB_PATH. */
  path: string[];
  outputs: string;
  workspace: string;
}

/** What a runner does for one JavaScript action, at its barest; no connection to anywhere can be made. */
async function runAction(
  uses: string,
  inputs: Record<string, string>,
  substitutions: string[] = [],
): Promise<Outcome> {
  const env = environment(substitutions);
  const store = createActionStore({ slipwayHome: join(directory, 'home'), env });
  const workspace = join(directory, 'workspace');
  const toolCache = join(directory, 'tools');
  for (const folder of [workspace, toolCache, join(directory, 'temp')])
    mkdirSync(folder, { recursive: true });
  const signal = AbortSignal.timeout(120_000);
  const { action, directory: files } = await store.resolve(
    uses,
    { workspace, ownRepository: workspace },
    signal,
  );
  if (action.runs.kind !== 'node') throw new Error(`${uses} is not a JavaScript action`);
  const tool = toolOfAction(uses);
  if (tool !== undefined)
    await fillToolCache({ tool, toolCache, slipwayHome: join(directory, 'home'), env, signal });
  const defaults = Object.entries(action.inputs).map(([name, input]) => {
    const text = input.default?.kind === 'literal' ? String(input.default.value ?? '') : '';
    return [`INPUT_${name.toUpperCase().replaceAll(' ', '_')}`, inputs[name] ?? text];
  });
  for (const name of ['path', 'output', 'state', 'env']) writeFileSync(join(directory, name), '');
  const { stdout } = await run(process.execPath, [join(files, action.runs.main)], {
    cwd: workspace,
    signal,
    env: {
      ...env,
      ...Object.fromEntries(defaults),
      https_proxy: 'http://127.0.0.1:1',
      GITHUB_WORKSPACE: workspace,
      GITHUB_REPOSITORY: 'octo/app',
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_PATH: join(directory, 'path'),
      GITHUB_OUTPUT: join(directory, 'output'),
      GITHUB_STATE: join(directory, 'state'),
      GITHUB_ENV: join(directory, 'env'),
      RUNNER_TEMP: join(directory, 'temp'),
      RUNNER_TOOL_CACHE: toolCache,
    },
  });
  const read = (name: string) => readFileSync(join(directory, name), 'utf8');
  return { stdout, path: read('path').split('\n').filter(Boolean), outputs: read('output'), workspace };
}

function environment(substitutions: string[]): NodeJS.ProcessEnv {
  const pairs = [`${mirrors}/`, ...substitutions].flatMap((folder, index) => [
    [`GIT_CONFIG_KEY_${index}`, `url.file://${folder}.insteadOf`],
    [`GIT_CONFIG_VALUE_${index}`, index === 0 ? 'https://github.com/' : 'https://github.com/octo/'],
  ]);
  return {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    GIT_CONFIG_COUNT: String(1 + substitutions.length),
    ...Object.fromEntries(pairs),
  };
}

for (const version of ['v4', 'v6']) {
  test(`actions/setup-node@${version} finds the Node of this machine`, async (context) => {
    requireMirrors(context);
    const { path, stdout } = await runAction(`actions/setup-node@${version}`, {
      'node-version': process.versions.node,
      'package-manager-cache': 'false',
    });

    expect(path).toEqual([join(directory, 'tools/node', process.versions.node, process.arch, 'bin')]);
    expect(stdout).toContain('Found in cache');
  });
}

test('actions/setup-python finds a Python of this machine', async (context) => {
  requireMirrors(context);
  const { path, outputs } = await runAction('actions/setup-python@v5', { 'python-version': '3' });

  expect(path.at(-1)).toMatch(/tools\/Python\/3\.\d+\.\d+\/\w+\/bin$/);
  expect(outputs).toContain(`${path.at(-1)}/python`);
});

test('actions/setup-go finds a Go of this machine', async (context) => {
  requireMirrors(context);
  if (!(await succeeds('go', ['version']))) return context.skip('there is no Go on this machine');
  const { path } = await runAction('actions/setup-go@v5', { 'go-version': '1', cache: 'false' });

  expect(path).toContainEqual(expect.stringMatching(/tools\/go\/1\.\d+\.\d+\/\w+\/bin$/));
});

test('actions/github-script runs a script', async (context) => {
  requireMirrors(context);
  const { outputs } = await runAction('actions/github-script@v7', {
    script: 'return context.repo.owner.length',
    'github-token': 'none',
    debug: 'false',
  });

  expect(outputs).toMatch(/result<<(\S+)\n4\n\1/);
});

for (const version of ['v4', 'v6', 'v7']) {
  test(`actions/checkout@${version} checks another repository out`, async (context) => {
    requireMirrors(context);
    const other = createTestRepository(join(directory, 'server/other'));
    const sha = other.commit({ 'hello.txt': 'hello' });

    const { outputs, workspace } = await runAction(
      `actions/checkout@${version}`,
      { repository: 'octo/other', ref: 'main', path: 'other', token: 'none' },
      [`${join(directory, 'server')}/`],
    );

    expect(readFileSync(join(workspace, 'other/hello.txt'), 'utf8')).toBe('hello');
    expect(outputs).toContain(sha);
  });
}

async function succeeds(command: string, args: string[]): Promise<boolean> {
  return await run(command, args).then(
    () => true,
    () => false,
  );
}
