import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { find, findAllVersions } from '@actions/tool-cache';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type FillOptions, fillToolCache } from './fill-tool-cache.ts';
import { keepDownloads } from './kept-downloads.ts';
import { withMachineTools } from './machine-tools.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'slipway-tools-'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true, force: true });
});

function fill(tool: FillOptions['tool'], options: Partial<FillOptions> = {}) {
  const toolCache = options.toolCache ?? join(directory, 'job/_tool');
  vi.stubEnv('RUNNER_TOOL_CACHE', toolCache);
  return fillToolCache({
    tool,
    toolCache,
    slipwayHome: join(directory, 'home'),
    env: process.env,
    signal: AbortSignal.timeout(120_000),
    ...options,
  });
}

/** A machine of which we know everything: its home folder, and a PATH with nothing on it but the shell's tools. */
function machine(files: Record<string, string>): NodeJS.ProcessEnv {
  const home = join(directory, 'user');
  for (const [path, content] of Object.entries(files)) {
    const file = join(home, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content, { mode: 0o755 });
  }
  return { HOME: home, PATH: join(home, 'bin') };
}

const script = (text: string) => `#!/bin/sh\n${text}\n`;

function run(command: string, args: string[], env: NodeJS.ProcessEnv = {}): string {
  return execFileSync(command, args, {
    env: { PATH: process.env.PATH, HOME: directory, ...env },
    encoding: 'utf8',
  }).trim();
}

describe('node', () => {
  test('that runs this is found by the client of setup actions, and works from there', async () => {
    const offers = await fill('node');

    const found = find('node', process.versions.node);
    expect(offers).toContainEqual(expect.objectContaining({ name: 'node', version: process.versions.node }));
    expect(run(join(found, 'bin/node'), ['-p', 'process.execPath'])).toBe(
      realpathSync(join(found, 'bin/node')),
    );
    expect(find('node', `${process.versions.node.split('.')[0]}.x`)).not.toBe('');
  });

  test('keeps what is installed globally in the job', async (context) => {
    await fill('node');
    const found = find('node', process.versions.node);
    const npm = join(found, 'bin/npm');
    if (!readdirSync(join(found, 'bin')).includes('npm'))
      return context.skip('there is no npm on this machine');
    const tool = join(directory, 'tool');
    mkdirSync(tool);
    writeFileSync(join(tool, 'package.json'), '{"name":"tool","version":"1.0.0","bin":"run.js"}');
    writeFileSync(join(tool, 'run.js'), '#!/usr/bin/env node\nconsole.log("it runs")\n');
    const env = { PATH: `${join(found, 'bin')}:${process.env.PATH}` };

    run(npm, ['install', '--global', '--offline', '--no-audit', '--install-links', tool], env);

    expect(run(join(found, 'bin/tool'), [], env)).toBe('it runs');
  });

  test('of version managers is found without running it; on the PATH it is asked once', async () => {
    const env = machine({
      '.nvm/versions/node/v18.1.2/bin/node': script('exit 1'),
      '.nvm/versions/node/v18.1.2/lib/node_modules/npm/bin/npm-cli.js': '',
      '.local/share/fnm/node-versions/v19.0.1/installation/bin/node': script('exit 1'),
      '.volta/tools/image/node/16.0.3/bin/node': script('exit 1'),
      '.asdf/installs/nodejs/lts/bin/node': script('exit 1'),
      'opt/bin/node': script(`echo asked >> '${join(directory, 'asked')}'; echo v21.4.5`),
    });
    mkdirSync(join(directory, 'user/bin'));
    symlinkSync('../opt/bin/node', join(directory, 'user/bin/node'));

    await fill('node', { env });
    await fill('node', { env, toolCache: join(directory, 'second') });

    const expected = ['16.0.3', '18.1.2', '19.0.1', '21.4.5', process.versions.node].sort();
    expect(findAllVersions('node').sort()).toEqual(expected);
    expect(readdirSync(join(find('node', '18.1.2'), 'lib/node_modules'))).toEqual(['npm']);
    expect(readFileSync(join(directory, 'asked'), 'utf8')).toBe('asked\n');
  });
});

describe('python', () => {
  test('is an environment of each job: two install different versions of a package at once', async (context) => {
    const offers = await fill('python');
    const newest = offers.at(0)?.version;
    if (newest === undefined) return context.skip('there is no Python 3 on this machine');
    const first = find('Python', newest);
    await fill('python', { toolCache: join(directory, 'second'), wanted: newest });
    const second = find('Python', newest);
    expect(second).not.toBe(first);
    if (!readdirSync(join(first, 'bin')).includes('pip'))
      return context.skip('this Python has no pip to give');

    for (const [prefix, version] of [
      [first, '1.0'],
      [second, '2.0'],
    ] as const) {
      run(join(prefix, 'bin/pip'), ['install', '--quiet', '--no-index', wheel(prefix, version)]);
    }

    const ask = ['-c', 'import thing; print(thing.version)'];
    expect(run(join(first, 'bin/python'), ask)).toBe('1.0');
    expect(run(join(second, 'bin/python'), ask)).toBe('2.0');
  });

  test('of a version that the step excludes is left out', async () => {
    const env = machine({
      '.pyenv/versions/3.11.7/bin/python3': script('exit 1'),
      'bin/python3.9': script('if [ "$1" = --version ]; then echo Python 3.9.2; else mkdir -p "$4/bin"; fi'),
    });
    env.PATH += ':/usr/bin:/bin';

    const named = (await fill('python', { env, wanted: '3.9' })).map(({ version }) => version);

    expect(named.filter((version) => !version.startsWith('3.9.'))).toEqual([]);
    expect(named).toContain('3.9.2');
  });

  test('that can make no environment is left out', async () => {
    const env = machine({ '.pyenv/versions/3.11.7/bin/python3': script('exit 1') });

    expect(await fill('python', { env })).toEqual([]);
  });
});

describe('go and java', () => {
  test('tell their versions in files, and are linked', async () => {
    const env = machine({
      'sdk/go1.20/VERSION': 'go1.20\ntime 2023-02-01T00:00:00Z\n',
      'sdk/go1.21.3/VERSION': 'go1.21.3',
      'sdk/go1.22rc1/VERSION': 'go1.22rc1',
      'sdk/go1.21.3/bin/go': script('echo works'),
    });

    await fill('go', { env });

    expect(findAllVersions('go')).toEqual(expect.arrayContaining(['1.20.0', '1.21.3']));
    expect(run(join(find('go', '1.21'), 'bin/go'), [])).toBe('works');
  });

  test('a JDK has the name of its distribution; one without stands in for Temurin, and says so', async () => {
    const release = (fields: Record<string, string>) =>
      Object.entries(fields)
        .map(([name, value]) => `${name}="${value}"\n`)
        .join('');
    const env = machine({
      '.sdkman/candidates/java/a/release': release({
        IMPLEMENTOR: 'Azul Systems, Inc.',
        JAVA_VERSION: '99.0.3',
      }),
      '.sdkman/candidates/java/a/bin/javac': '',
      '.sdkman/candidates/java/b/release': release({
        IMPLEMENTOR: 'Debian',
        JAVA_VERSION: '98.0.15',
        JAVA_RUNTIME_VERSION: '98.0.15+6-Debian-1',
      }),
      '.sdkman/candidates/java/b/bin/javac': '',
      '.sdkman/candidates/java/runtime/release': release({ IMPLEMENTOR: 'Debian', JAVA_VERSION: '97.0.1' }),
    });

    const offers = await fill('java', { env });

    expect(findAllVersions('Java_Zulu_jdk')).toEqual(['99.0.3']);
    expect(findAllVersions('Java_Temurin-Hotspot_jdk')).toContain('98.0.15-6');
    expect(offers.find(({ version }) => version === '98.0.15-6')?.note).toBe(
      'Java 98.0.15 of Debian stands in for Temurin',
    );
    expect(offers.some(({ version }) => version.startsWith('97'))).toBe(false);
  });
});

describe('what a job has downloaded', () => {
  test('is there for the next job, without what the first did to it afterwards', async () => {
    const env = machine({});
    await fill('go', { env });
    const toolCache = join(directory, 'job/_tool');
    const download = join(toolCache, 'go/1.2.3', process.arch);
    mkdirSync(join(download, 'bin'), { recursive: true });
    writeFileSync(join(download, 'bin/go'), 'downloaded');
    writeFileSync(`${download}.complete`, '');

    const options = {
      tool: 'go',
      toolCache,
      slipwayHome: join(directory, 'home'),
      signal: AbortSignal.timeout(60_000),
    } as const;
    const kept = await keepDownloads(options);
    writeFileSync(join(download, 'bin/go'), 'changed by the job');
    const keptAgain = await keepDownloads(options);
    await fill('go', { env, toolCache: join(directory, 'second') });

    expect(kept).toEqual(['go 1.2.3']);
    expect(keptAgain).toEqual([]);
    expect(readFileSync(join(find('go', '1.2.3'), 'bin/go'), 'utf8')).toBe('downloaded');
  });
});

describe('the main stage of an action', () => {
  const run = (uses: string, lines: string[], action: () => Promise<string>) =>
    withMachineTools(
      {
        uses,
        inputs: { 'Go-Version': '1.20' },
        toolCache: join(directory, 'job/_tool'),
        slipwayHome: join(directory, 'home'),
        env: machine({ 'sdk/go1.20/VERSION': 'go1.20' }),
        log: (line) => lines.push(line),
        signal: AbortSignal.timeout(60_000),
      },
      action,
    );

  test('of a setup action finds the tools, and the log says which', async () => {
    const lines: string[] = [];
    const there = () => readdirSync(join(directory, 'job/_tool/go'));

    const found = await run('Actions/setup-go@v5', lines, async () => there().join());

    expect(found).toContain('1.20.0');
    expect(lines[0]).toMatch(/^This machine has go .*1\.20\.0/);
  });

  test('of another action finds an untouched tool cache', async () => {
    const lines: string[] = [];

    expect(await run('octo/setup-go@v5', lines, async () => 'ran')).toBe('ran');

    expect(lines).toEqual([]);
    expect(existsSync(join(directory, 'job/_tool'))).toBe(false);
  });

  test('runs even if the tools can not be offered', async () => {
    const lines: string[] = [];
    mkdirSync(join(directory, 'job'));
    writeFileSync(join(directory, 'job/_tool'), 'in the way');

    expect(await run('actions/setup-go@v5', lines, async () => 'ran')).toBe('ran');

    expect(lines[0]).toContain('could not be offered');
  });
});

/** A wheel is a zip; Python itself makes it. */
function wheel(prefix: string, version: string): string {
  const file = join(directory, `thing-${version}-py3-none-any.whl`);
  const info = `thing-${version}.dist-info`;
  const files = {
    'thing.py': `version = '${version}'\n`,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: thing\nVersion: ${version}\n`,
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    [`${info}/RECORD`]: '',
  };
  const program = `import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as z:
    for name, text in json.loads(sys.argv[2]).items(): z.writestr(name, text)`;
  run(join(prefix, 'bin/python'), ['-c', program, file, JSON.stringify(files)]);
  return file;
}
