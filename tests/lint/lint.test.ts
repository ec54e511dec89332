import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitRepository } from '../git-repository.ts';
import { runSlipway, type SlipwayResult } from '../slipway-process.ts';

const head = 'on: push\npermissions: { contents: read }\n';
const job = 'runs-on: ubuntu-latest\n    timeout-minutes: 5\n';
const clean = `${head}jobs:\n  build:\n    ${job}    steps:\n      - run: echo hello\n`;
const ci = '.github/workflows/ci.yml';

let repository: GitRepository;
afterEach(() => repository.remove());

function open(files: Record<string, string>): void {
  repository = new GitRepository(files);
}

function lint(...args: string[]): Promise<SlipwayResult> {
  return lintWith({}, ...args);
}

function lintWith(env: NodeJS.ProcessEnv, ...args: string[]): Promise<SlipwayResult> {
  const own = { SLIPWAY_HOME: repository.home, NO_COLOR: '1', FORCE_COLOR: undefined, ...env };
  return runSlipway(['lint', ...args], { cwd: repository.path, env: own });
}

interface Finding {
  file: string;
  line: number;
  column: number;
  severity: string;
  code: string;
  message: string;
  mend: string;
}

function findingsOf({ stdout }: SlipwayResult): Finding[] {
  return JSON.parse(stdout) as Finding[];
}

const steps = (text: string): string => `${head}jobs:\n  build:\n    ${job}    steps:\n${text}`;

describe('slipway lint', () => {
  it('says that nothing was found, and exits with 0', async () => {
    open({ [ci]: clean });
    expect(await lint()).toMatchObject({ status: 0, stdout: '1 file: nothing found\n', stderr: '' });
  });

  it('exits with 0 when there are only warnings, with 1 when there is an error', async () => {
    open({ [ci]: clean.replace('    timeout-minutes: 5\n', '') });
    const warned = await lint();
    expect(warned.status).toBe(0);
    expect(warned.stdout).toContain('[missing-timeout]');
    expect(warned.stdout).toContain('1 file: 0 errors, 1 warning\n');
    repository.write(ci, steps('      - run: echo ${{ github.head_ref }}\n'));
    const failed = await lint();
    expect(failed.status).toBe(1);
    expect(failed.stdout).toContain(`${ci}:8:23: error: `);
  });

  it('prints one JSON array with exactly the promised keys', async () => {
    open({ [ci]: 'on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    stepz: []\n' });
    const result = await lint('--format', 'json');
    expect(result.status).toBe(1);
    const findings = findingsOf(result);
    const unknown = findings.find(({ code }) => code === 'unknown-key');
    expect(unknown).toEqual({
      file: ci,
      line: 5,
      column: 5,
      severity: 'error',
      code: 'unknown-key',
      message: expect.stringContaining('stepz'),
      mend: 'Did you mean `steps`?',
    });
  });

  it('prints a SARIF log that points into the files', async () => {
    open({ [ci]: steps('      - run: echo ${{ github.head_ref }}\n') });
    const result = await lint('--format', 'sarif');
    const log = JSON.parse(result.stdout);
    expect(log.version).toBe('2.1.0');
    expect(log.runs[0].results[0]).toMatchObject({
      ruleId: 'untrusted-input',
      level: 'error',
      locations: [{ physicalLocation: { artifactLocation: { uri: ci }, region: { startLine: 8 } } }],
    });
  });

  it('refuses an unknown format, rule or path with what to write instead', async () => {
    open({ [ci]: clean });
    const result = await lint('--format', 'xml', '--disable', 'moving-reff');
    expect(result.status).toBe(2);
    expect(result.stderr).toContain("--format 'xml' is unknown");
    expect(result.stderr).toContain('Did you mean moving-ref?');
    const missing = await lint('nowhere.yml');
    expect(missing.status).toBe(2);
    expect(missing.stderr).toContain('nowhere.yml: no workflow file there');
    expect(missing.stderr).not.toContain('--workflows');
  });

  it('takes folders: of workflows, the one that holds them, and any with actions in it', async () => {
    const action = 'name: A\nruns:\n  using: node24\n';
    open({ [ci]: clean, 'tools/a/action.yml': action, '.github/actions/b/action.yml': action });
    repository.write('.github/dependabot.yml', 'version: 2\n');
    const filesOf = async (folder: string) => {
      const errors = findingsOf(await lint('--format', 'json', folder));
      return [...new Set(errors.map(({ file }) => file))];
    };
    expect(await filesOf('tools')).toEqual(['tools/a/action.yml']);
    expect(await filesOf('.github')).toEqual(['.github/actions/b/action.yml']);
    expect(await filesOf('.')).toEqual(
      await filesOf('.github').then((one) => [...one, 'tools/a/action.yml']),
    );
    expect(await lint('.github/workflows')).toMatchObject({ status: 0, stdout: '1 file: nothing found\n' });
    expect(await lint('.github')).toMatchObject({ stdout: expect.stringContaining('2 files: ') });
  });

  it('lists the rules with why they matter', async () => {
    open({ [ci]: clean });
    const { status, stdout } = await lint('--rules');
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^untrusted-input \(error\)\n {2}What outsiders write becomes part of the script/m,
    );
  });

  it('asks no rule that is disabled, and silences a line by a comment with a reason', async () => {
    open({ [ci]: steps('      - run: echo ${{ github.head_ref }}\n') });
    expect((await lint('--disable', 'untrusted-input')).stdout).toBe('1 file: nothing found\n');
    const comment = '# slipway-ignore untrusted-input: only members push here';
    repository.write(ci, steps(`      ${comment}\n      - run: echo \${{ github.head_ref }}\n`));
    expect((await lint()).stdout).toBe('1 file: nothing found\n');
    repository.write(
      ci,
      steps('      # slipway-ignore untrusted-input\n      - run: echo ${{ github.head_ref }}\n'),
    );
    const unreasoned = await lint();
    expect(unreasoned.status).toBe(1);
    expect(unreasoned.stdout).toContain('The comment gives no reason');
  });

  it('knows the labels that it is told of', async () => {
    open({ [ci]: clean.replace('ubuntu-latest', 'gpu') });
    expect((await lint()).stdout).toContain('[unknown-label]');
    expect((await lint('--runner-label', 'gpu')).stdout).toBe('1 file: nothing found\n');
  });
});

describe('what slipway lint looks at around a file', () => {
  it('lets a job need one of a sibling workflow with a warning, and refuses one that exists nowhere', async () => {
    open({
      [ci]: clean,
      '.github/workflows/deploy.yml': clean.replace('  build:\n', '  deploy:\n    needs: [build, bild]\n'),
    });
    const findings = findingsOf(await lint('--format', 'json'));
    expect(findings.map(({ severity, code }) => `${severity} ${code}`)).toEqual([
      'warning foreign-need',
      'error unknown-need',
    ]);
    const alone = findingsOf(await lint('--format', 'json', '.github/workflows/deploy.yml'));
    expect(alone).toEqual(findings);
  });

  it('judges calls of workflows and their missing inputs and files', async () => {
    const call = (uses: string, rest = '') => `    uses: ./.github/workflows/${uses}\n${rest}`;
    open({
      [ci]: `${head}jobs:\n  a:\n${call('called.yml')}  b:\n${call('gone.yml')}  c:\n${call('called.yml', '    with: { level: 1 }\n')}`,
      '.github/workflows/called.yml': clean.replace(
        'on: push',
        'on: { workflow_call: { inputs: { level: { type: number, required: true } } } }',
      ),
    });
    const errors = findingsOf(await lint('--format', 'json')).filter(({ severity }) => severity === 'error');
    expect(errors.map(({ line }) => line)).toEqual([5, 7]);
    expect(errors[0]?.message).toContain('level');
    expect(errors[1]?.message).toContain('gone.yml');
  });

  it('judges action files, the steps of composite actions, and the inputs that workflows give them', async () => {
    open({
      [ci]: steps('      - uses: ./tool\n        with: { titel: x }\n      - uses: ./nothing\n'),
      'tool/action.yml': `name: tool
description: a tool
inputs: { title: { description: it, required: true } }
runs:
  using: composite
  steps:
    - run: echo "::set-env name=A::\${{ github.event.issue.title }}"
      shell: bash
`,
    });
    const findings = findingsOf(await lint('--format', 'json'));
    const places = findings.map(({ file, line, code }) => `${file}:${line} ${code}`);
    expect(places).toEqual([
      `${ci}:8 action-inputs`,
      `${ci}:9 action-inputs`,
      `${ci}:10 missing-local-action`,
      'tool/action.yml:7 insecure-command',
      'tool/action.yml:7 untrusted-input',
    ]);
  });
});

describe('actions of other repositories', () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;
  let sha: string;

  const git = (cwd: string, ...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      cwd,
      encoding: 'utf8',
    });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-server-'));
    const tool = join(folder, 'octo/tool');
    mkdirSync(tool, { recursive: true });
    git(tool, 'init', '--quiet', '--initial-branch=main');
    writeFileSync(
      join(tool, 'action.yml'),
      'name: tool\ndescription: d\ninputs: { level: { description: l } }\nruns: { using: node24, main: a.js }\n',
    );
    git(tool, 'add', '--all');
    git(tool, 'commit', '--quiet', '--message=first');
    git(tool, 'tag', 'v1');
    sha = git(tool, 'rev-parse', 'HEAD').trim();
    env = {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: `url.file://${folder}/.insteadOf`,
      GIT_CONFIG_VALUE_0: 'https://github.com/',
      GITHUB_API_URL: 'http://127.0.0.1:9',
    };
    open({
      [ci]: steps(
        '      - uses: octo/tool@v1\n        with: { levle: 1 }\n      - uses: octo/tool@v1 # why\n',
      ),
    });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are not asked for, so that only what the file says is judged', async () => {
    const findings = findingsOf(await lintWith(env, '--format', 'json'));
    expect(findings.map(({ code }) => code)).toEqual(['moving-ref']);
  });

  it('are asked for with --online, and pinned everywhere by --fix, which says what it changed', async () => {
    const online = findingsOf(await lintWith(env, '--online', '--format', 'json'));
    expect(online.map(({ code }) => code)).toEqual(['moving-ref', 'action-inputs']);
    expect(online[0]?.mend).toContain(sha);
    // Now it is in the cache: the network is not needed any more.
    chmodSync(join(repository.path, ci), 0o640);
    const fixed = await lint('--fix');
    expect(fixed.stderr).toContain(`fixed ${ci}:8 [moving-ref]: octo/tool@${sha} # v1`);
    expect(fixed.stdout).toContain('0 errors, 1 warning\n');
    const content = readFileSync(join(repository.path, ci), 'utf8');
    expect(content).toContain(`- uses: octo/tool@${sha} # v1\n`);
    expect(content).toContain(`- uses: octo/tool@${sha} # why\n`);
    expect(statSync(join(repository.path, ci)).mode & 0o777).toBe(0o640);
    expect(repository.git('status', '--short').trim()).toBe(`M ${ci}`);
  });

  it('are pinned through a link, which stays one', async () => {
    await lintWith(env, '--online');
    renameSync(join(repository.path, ci), join(repository.path, 'shared.yml'));
    symlinkSync('../../shared.yml', join(repository.path, ci));
    expect((await lint('--fix')).stderr).toContain('fixed');
    expect(lstatSync(join(repository.path, ci)).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(repository.path, 'shared.yml'), 'utf8')).toContain(sha);
  });

  it('that have no such ref or repository are errors with --online', async () => {
    repository.write(ci, steps('      - uses: octo/tool@v9\n      - uses: octo/nothing@v1\n'));
    const result = await lintWith(env, '--online', '--format', 'json');
    expect(result.status).toBe(1);
    const errors = findingsOf(result).filter(({ code }) => code === 'unavailable-action');
    expect(errors.map(({ line }) => line)).toEqual([8, 9]);
    expect(errors[0]?.message).toContain('v9');
  });

  it('do not move once they are locked, and a tag that was moved is an error with the way out', async () => {
    const locked = await runSlipway(['lock'], {
      cwd: repository.path,
      env: { ...env, SLIPWAY_HOME: repository.home },
    });
    expect(locked).toMatchObject({ status: 0, stderr: '' });
    expect(locked.stdout).toContain(`+ octo/tool@v1 ${sha.slice(0, 12)}\n`);
    const lockfile = readFileSync(join(repository.path, '.github/workflows/actions.lock'), 'utf8');
    expect(lockfile).toContain(`commit: 'sha1-${sha}'`);
    const codes = findingsOf(await lint('--format', 'json')).map(({ code }) => code);
    expect(codes).toEqual(['action-inputs']);

    const tool = join(folder, 'octo/tool');
    writeFileSync(join(tool, 'a.js'), '1');
    git(tool, 'add', '--all');
    git(tool, 'commit', '--quiet', '--message=second');
    git(tool, 'tag', '--force', 'v1');
    const moved = await lintWith(env, '--online');
    expect(moved.status).toBe(1);
    expect(moved.stdout).toContain("run 'slipway lock --update'");
    const updated = await runSlipway(['lock', '--update'], {
      cwd: repository.path,
      env: { ...env, SLIPWAY_HOME: repository.home },
    });
    expect(updated.stdout).toMatch(/^~ octo\/tool@v1 [0-9a-f]{12} → [0-9a-f]{12}\n/);
    expect((await lintWith(env, '--online')).status).toBe(0);
  });
});

const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0;

describe('shellcheck', () => {
  it('points to the place in the file, through expressions and indentation', async (ctx) => {
    if (!hasShellcheck) return ctx.skip('shellcheck is not installed');
    open({
      [ci]: steps(`      - run: |
          set -u
          for f in $(ls); do
            echo "\${{ github.ref }}" $f
          done
      - run: cd somewhere
      - run: if [ "\${{ github.ref }}" = x ]; then echo >> $GITHUB_OUTPUT; fi
      - run: Write-Host $x
        shell: pwsh
`),
    });
    const found = findingsOf(await lint('--format', 'json'));
    expect(found.map(({ line, column, message }) => `${line}:${column} ${message.slice(0, 6)}`)).toEqual([
      '10:20 SC2045',
      '11:38 SC2086',
    ]);
    // What is kept of the answer says the same.
    expect(findingsOf(await lint('--format', 'json'))).toEqual(found);
  });

  it('is asked in older ways if need be, and left out where it is missing or broken', async () => {
    open({ [ci]: steps('      - run: echo $f\n') });
    const folder = join(repository.home, 'bin');
    mkdirSync(folder);
    const program = join(folder, 'shellcheck');
    const answer = JSON.stringify([{ line: 2, column: 6, level: 'info', code: 2086, message: 'old' }]);
    writeFileSync(
      program,
      `#!/bin/sh\ncase "$*" in *norc*) echo 'unrecognized option' >&2; exit 4;; esac\nfor f; do :; done\necho '${answer}' | sed "s|{|{\\"file\\":\\"$f\\",|"\nexit 1\n`,
    );
    chmodSync(program, 0o755);
    const path = `${folder}:${process.env.PATH}`;
    const old = findingsOf(await lintWith({ PATH: path }, '--format', 'json'));
    expect(old).toMatchObject([{ line: 8, column: 19, message: 'SC2086: old' }]);
    writeFileSync(program, '#!/bin/sh\necho broken\nexit 3\n');
    expect(await lintWith({ PATH: path })).toMatchObject({ status: 0, stdout: '1 file: nothing found\n' });
  });
});

describe('slipway run and plan', () => {
  const needy = clean.replace('    runs-on', '    needs: bild\n    runs-on');
  const runIn = (...args: string[]) =>
    runSlipway(args, { cwd: repository.path, env: { SLIPWAY_HOME: repository.home } });

  it('refuse, as lint does, a job that needs one that exists nowhere', async () => {
    open({ [ci]: needy });
    const linted = await lint();
    expect(linted.status).toBe(1);
    expect(linted.stdout).toContain(`${ci}:5:12: error: Job \`build\` needs the job \`bild\``);
    for (const command of ['run', 'plan']) {
      const refused = await runIn(command);
      expect(refused.status, command).toBe(2);
      expect(refused.stderr).toContain(`${ci}:5:12: error: `);
      expect(refused.stdout).toBe('');
    }
  });

  it('refuse only what cannot be read, not what lint advises against', async () => {
    open({ [ci]: steps('      - run: echo "of ${{ github.head_ref }}"\n      - run: npm test || true\n') });
    expect((await lint()).status).toBe(1);
    expect((await runIn('run')).status).toBe(0);
  });
});
