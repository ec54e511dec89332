import { describe, expect, test } from 'vitest';
import { runJob } from './job-fixture.ts';

describe('shells', () => {
  test('without `shell` a script runs under bash -e: it stops at a failing command, not at a failing pipe', async () => {
    const report = await runJob(`
- name: Pipe
  run: |
    [ -n "$BASH_VERSION" ] && echo "is bash"
    false | true
    echo "after the pipe"
- name: Stop
  run: |
    false
    echo "after the failure"
`);
    expect(report.log('Pipe')).toContain('is bash\nafter the pipe\n');
    expect(report.log('Pipe')).toMatch(/^shell: \/.*\/bash -e \{0\}$/m);
    expect(report.log('Stop')).not.toContain('\nafter the failure\n');
    expect(report.annotations('Stop')).toEqual([
      { level: 'error', message: 'Process completed with exit code 1.' },
    ]);
  });

  test('where there is no bash, a script without `shell` runs under sh -e', async (ctx) => {
    const { mkdtempSync, rmSync, symlinkSync } = await import('node:fs');
    const bin = mkdtempSync('/tmp/slipway-bin-');
    ctx.onTestFinished(() => rmSync(bin, { recursive: true }));
    for (const program of ['sh', 'git', 'mkfifo', 'rm', 'chmod'])
      symlinkSync(`/usr/bin/${program}`, `${bin}/${program}`);
    const report = await runJob('- { name: Sh, run: "echo in sh" }\n', {
      runner: { baseEnv: { HOME: '/tmp', PATH: bin } },
    });
    expect(report.log('Sh')).toMatch(/^shell: .*\/sh -e \{0\}$/m);
    expect(report.log('Sh')).toContain('\nin sh\n');
  });

  test('shell: bash stops at a failing pipe and reads no profile', async () => {
    const report = await runJob(`
- name: Pipe
  shell: bash
  run: |
    false | true
    echo "after the pipe"
`);
    expect(report.log('Pipe')).toMatch(/bash --noprofile --norc -e -o pipefail \{0\}$/m);
    expect(report.log('Pipe')).not.toContain('\nafter the pipe\n');
    expect(report.result('Pipe')).toBe('failure');
  });

  test('sh, python and commands with {0} run scripts of their own', async () => {
    const report = await runJob(`
- { name: Sh, shell: sh, run: 'echo "sh [$BASH_VERSION]"' }
- { name: Python, shell: python, run: "import sys; print('python', sys.version_info.major)" }
- { name: Custom, shell: 'bash -x "{0}"', run: 'echo custom' }
- { name: Cat, shell: 'cat {0}', run: 'the script itself' }
- { name: Quoted, shell: 'bash -c "cat {0}; echo \\"and more\\""', run: 'quoted' }
`);
    expect(report.finished.conclusion).toBe('success');
    expect(report.log('Python')).toContain('python 3\n');
    expect(report.log('Custom')).toMatch(/^\+ echo custom$/m);
    expect(report.log('Custom')).toMatch(/^custom$/m);
    expect(report.log('Cat').endsWith('the script itself\n')).toBe(true);
    expect(report.log('Quoted')).toContain('quotedand more\n');
  });

  test('a shell that is unknown or not installed fails the step with what to do', async () => {
    const report = await runJob(
      `
- { name: Unknown, shell: cmd, run: echo, continue-on-error: true }
- { name: Absent, shell: 'no-such-shell {0}', run: echo, continue-on-error: true }
- { name: Pwsh, shell: pwsh, run: echo, continue-on-error: true }
`,
      { runner: { baseEnv: { PATH: '/usr/bin:/bin' } } },
    );
    expect(report.annotations('Unknown')[0]?.message).toMatch(
      /'cmd' is not a shell.*Use bash, sh, python or pwsh/,
    );
    expect(report.annotations('Absent')[0]?.message).toMatch(
      /no program 'no-such-shell' on the PATH. Install/,
    );
    expect(report.annotations('Pwsh')[0]?.message).toMatch(/Install pwsh on this machine/);
    expect(report.result('Pwsh')).toBe('failure/success');
  });

  test('pwsh stops at the first error and passes on the exit code', async (ctx) => {
    const { execFileSync } = await import('node:child_process');
    try {
      execFileSync('pwsh', ['-v']);
    } catch {
      ctx.skip('PowerShell is not installed');
    }
    const report = await runJob(`
- { name: Fails, shell: pwsh, run: "Get-Item /nothing; Write-Output after", continue-on-error: true }
- { name: Exit, shell: pwsh, run: "bash -c 'exit 7'", continue-on-error: true }
`);
    expect(report.log('Fails')).not.toContain('\nafter\n');
    expect(report.annotations('Exit')[0]?.message).toContain('exit code 7');
  });

  test('/dev/stdout and /dev/stderr can be written to, and stdin is empty', async () => {
    const report = await runJob(`
- name: Devices
  run: |
    echo one > /dev/stdout
    echo two | tee /dev/stderr
    echo "[$(cat)]"
`);
    expect(report.log('Devices')).toContain('one\n');
    expect(report.log('Devices').match(/^two$/gm)).toHaveLength(2);
    expect(report.log('Devices')).toContain('[]\n');
  });
});

describe('working-directory', () => {
  test('is relative to the workspace, an absolute one wins, and defaults of job and workflow apply', async () => {
    const report = await runJob(`
defaults: { run: { working-directory: a } }
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - { name: Make, run: mkdir -p a b, working-directory: . }
      - { name: Default, run: pwd }
      - { name: Own, run: pwd, working-directory: b }
      - { name: Absolute, run: pwd, working-directory: /tmp }
`);
    expect(report.log('Default')).toMatch(/\/app\/app\/a\n$/);
    expect(report.log('Own')).toMatch(/\/app\/app\/b\n$/);
    expect(report.log('Absolute')).toMatch(/\n\/tmp\n$/);
  });

  test('that does not exist fails the step with what to do', async () => {
    const report = await runJob('- { name: Lost, run: pwd, working-directory: nowhere }\n');
    expect(report.annotations('Lost')[0]?.message).toMatch(
      /The working directory '.*\/nowhere' does not exist. Create it in an earlier step/,
    );
  });
});
