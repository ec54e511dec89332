import { describe, expect, test } from 'vitest';
import { runJob } from './job-fixture.ts';

describe('workflow commands', () => {
  test('are read from stdout and stderr, and become annotations', async () => {
    const report = await runJob(`
- name: Annotate
  run: |
    echo "::error file=src/a.ts,line=3,col=5,endColumn=9,title=Oh%2C no::It broke%0Atwice (100%25)"
    echo "  ::warning file=$GITHUB_WORKSPACE/b.ts,line=7::careful" >&2
    echo "::notice::just so"
    echo "##[warning]legacy"
    echo "std::vector::push ::error::is none"
`);
    expect(report.annotations('Annotate')).toEqual(
      expect.arrayContaining([
        {
          level: 'error',
          message: 'It broke\ntwice (100%)',
          title: 'Oh, no',
          file: 'src/a.ts',
          line: 3,
          column: 5,
          endColumn: 9,
        },
        { level: 'warning', message: 'careful', file: 'b.ts', line: 7 },
        { level: 'notice', message: 'just so' },
        { level: 'warning', message: 'legacy' },
      ]),
    );
    expect(report.annotations('Annotate')).toHaveLength(4);
    const lines = report.log('Annotate').split('\n');
    expect(lines).toContain('##[error]It broke');
    expect(lines).toContain('std::vector::push ::error::is none');
    expect(report.finished.conclusion).toBe('success');
  });

  test('%25 is unescaped last', async () => {
    const report = await runJob(`- run: echo "::notice::a%250Ab"`);
    expect(report.annotations()).toEqual([{ level: 'notice', message: 'a%0Ab' }]);
  });

  test('no more than 10 annotations of a level come from one step, each at most 4,096 characters', async () => {
    const report = await runJob(`
- name: Many
  run: |
    for i in $(seq 15); do echo "::error::e$i"; echo "::warning::w$i"; done
    echo "::notice::$(printf 'x%.0s' $(seq 5000))"
- name: Next
  run: echo "::error::again"
`);
    const count = (level: string) => report.annotations('Many').filter((one) => one.level === level).length;
    expect([count('error'), count('warning')]).toEqual([10, 10]);
    expect(report.annotations('Many').find(({ level }) => level === 'notice')?.message).toHaveLength(4096);
    expect(report.log('Many')).toContain('##[error]e15\n');
    expect(report.annotations('Next')).toHaveLength(1);
  });

  test('stop-commands silences all others until its token is printed', async () => {
    const report = await runJob(`
- name: Quiet
  run: |
    echo "::stop-commands::tok3n-of-mine"
    echo "::error::not heard"
    echo "::tok3n-of-mine::"
    echo "::error::heard"
`);
    expect(report.annotations()).toEqual([{ level: 'error', message: 'heard' }]);
    expect(report.log('Quiet')).toContain('::error::not heard\n');
  });

  test('a stop token that is empty or a command fails the step', async () => {
    const report = await runJob(`
- name: Bad
  run: echo "::stop-commands::error"
`);
    expect(report.result('Bad')).toBe('failure');
    expect(report.annotations()[1]?.message).toContain('stop-commands needs a token');
  });

  test('set-output and save-state work, with a warning', async () => {
    const report = await runJob(`
- id: old
  run: echo "::set-output name=x::1%0A2"
- name: Show
  run: echo "[\${{ toJSON(steps.old.outputs.x) }}]"
`);
    expect(report.log('Show')).toContain('["1\\n2"]');
    expect(report.annotations().map(({ message }) => message)).toEqual([
      expect.stringContaining('`set-output` command is deprecated'),
    ]);
  });

  test('set-env and add-path are refused and fail the step', async () => {
    const report = await runJob(`
- name: Env
  continue-on-error: true
  run: echo "::set-env name=X::injected"
- name: Path
  continue-on-error: true
  run: echo "::add-path::/injected"
- name: Show
  run: echo "[$X] $PATH"
`);
    expect(report.result('Env')).toBe('failure/success');
    expect(report.result('Path')).toBe('failure/success');
    expect(report.log('Show').replace(/##\[group\][\s\S]*##\[endgroup\]/, '')).not.toContain('injected');
  });

  test('set-env and add-path work where ACTIONS_ALLOW_UNSECURE_COMMANDS is true, but never for NODE_OPTIONS', async () => {
    const report = await runJob(`
- name: Set
  env:
    ACTIONS_ALLOW_UNSECURE_COMMANDS: true
  run: |
    echo "::set-env name=X::fine"
    echo "::set-env name=NODE_OPTIONS::--require evil"
    echo "::add-path::/opt/fine"
- name: Show
  run: echo "[$X] [$NODE_OPTIONS] $PATH"
`);
    expect(report.log('Show')).toMatch(/\[fine\] \[\] \/opt\/fine:/);
    expect(report.annotations('Set')[0]?.message).toContain("Can't update NODE_OPTIONS");
  });

  test('group and endgroup are shown in their log form; debug only where it was asked for', async () => {
    const source = `
- name: Group
  run: |
    echo "::group::A title"
    echo "::debug::details"
    echo "::endgroup::"
`;
    const quiet = await runJob(source);
    expect(quiet.log('Group')).toContain('##[group]A title\n##[endgroup]\n');
    const loud = await runJob(source, { secrets: { ACTIONS_STEP_DEBUG: 'true' } });
    expect(loud.log('Group')).toContain('##[debug]details\n');
    expect(loud.log()).not.toContain('***');
  });

  test('echo on shows the commands that follow', async () => {
    const report = await runJob(`
- name: Echo
  run: |
    echo "::echo::on"
    echo "::save-state name=a::b"
    echo "::echo::off"
    echo "::save-state name=c::d"
`);
    expect(report.log('Echo')).toContain('\n::save-state name=a::b\n');
    expect(report.log('Echo')).not.toContain('\n::save-state name=c::d\n');
  });
});
