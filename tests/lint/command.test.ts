import { describe, expect, it } from 'vitest';
import { ci, clean, findingsOf, LintedRepository, steps } from './linted-repository.ts';

describe('slipway lint', () => {
  it('says that nothing was found, and exits with 0', async () => {
    const repository = new LintedRepository({ [ci]: clean });
    expect(await repository.lint()).toMatchObject({
      status: 0,
      stdout: '1 file: nothing found\n',
      stderr: '',
    });
  });

  it('exits with 0 when there are only warnings, with 1 when there is an error', async () => {
    const repository = new LintedRepository({ [ci]: clean.replace('    timeout-minutes: 5\n', '') });
    const warned = await repository.lint();
    expect(warned.status).toBe(0);
    expect(warned.stdout).toContain('[missing-timeout]');
    expect(warned.stdout).toContain('1 file: 0 errors, 1 warning\n');
    repository.write(ci, steps('      - run: echo ${{ github.head_ref }}\n'));
    const failed = await repository.lint();
    expect(failed.status).toBe(1);
    expect(failed.stdout).toContain(`${ci}:8:23: error: `);
  });

  it('prints one JSON array with exactly the promised keys', async () => {
    const repository = new LintedRepository({
      [ci]: 'on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    stepz: []\n',
    });
    const result = await repository.lint('--format', 'json');
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
    const repository = new LintedRepository({ [ci]: steps('      - run: echo ${{ github.head_ref }}\n') });
    const result = await repository.lint('--format', 'sarif');
    const log = JSON.parse(result.stdout);
    expect(log.version).toBe('2.1.0');
    expect(log.runs[0].results[0]).toMatchObject({
      ruleId: 'untrusted-input',
      level: 'error',
      locations: [{ physicalLocation: { artifactLocation: { uri: ci }, region: { startLine: 8 } } }],
    });
  });

  it('refuses an unknown format, rule or path with what to write instead', async () => {
    const repository = new LintedRepository({ [ci]: clean });
    const result = await repository.lint('--format', 'xml', '--disable', 'moving-reff');
    expect(result.status).toBe(2);
    expect(result.stderr).toContain("--format 'xml' is unknown");
    expect(result.stderr).toContain('Did you mean moving-ref?');
    const missing = await repository.lint('nowhere.yml');
    expect(missing.status).toBe(2);
    expect(missing.stderr).toContain('nowhere.yml: no workflow file there');
    expect(missing.stderr).not.toContain('--workflows');
  });

  it('takes folders: of workflows, the one that holds them, and any with actions in it', async () => {
    const action = 'name: A\nruns:\n  using: node24\n';
    const repository = new LintedRepository({
      [ci]: clean,
      'tools/a/action.yml': action,
      '.github/actions/b/action.yml': action,
    });
    repository.write('.github/dependabot.yml', 'version: 2\n');
    const filesOf = async (folder: string) => {
      const errors = findingsOf(await repository.lint('--format', 'json', folder));
      return [...new Set(errors.map(({ file }) => file))];
    };
    expect(await filesOf('tools')).toEqual(['tools/a/action.yml']);
    expect(await filesOf('.github')).toEqual(['.github/actions/b/action.yml']);
    expect(await filesOf('.')).toEqual(
      await filesOf('.github').then((one) => [...one, 'tools/a/action.yml']),
    );
    expect(await repository.lint('.github/workflows')).toMatchObject({
      status: 0,
      stdout: '1 file: nothing found\n',
    });
    expect(await repository.lint('.github')).toMatchObject({ stdout: expect.stringContaining('2 files: ') });
  });

  it('lists the rules with why they matter', async () => {
    const repository = new LintedRepository({ [ci]: clean });
    const { status, stdout } = await repository.lint('--rules');
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^untrusted-input \(error\)\n {2}What outsiders write becomes part of the script/m,
    );
  });

  it('asks no rule that is disabled, and silences a line by a comment with a reason', async () => {
    const repository = new LintedRepository({ [ci]: steps('      - run: echo ${{ github.head_ref }}\n') });
    expect((await repository.lint('--disable', 'untrusted-input')).stdout).toBe('1 file: nothing found\n');
    const comment = '# slipway-ignore untrusted-input: only members push here';
    repository.write(ci, steps(`      ${comment}\n      - run: echo \${{ github.head_ref }}\n`));
    expect((await repository.lint()).stdout).toBe('1 file: nothing found\n');
    repository.write(
      ci,
      steps('      # slipway-ignore untrusted-input\n      - run: echo ${{ github.head_ref }}\n'),
    );
    const unreasoned = await repository.lint();
    expect(unreasoned.status).toBe(1);
    expect(unreasoned.stdout).toContain('The comment gives no reason');
  });

  it('knows the labels that it is told of', async () => {
    const repository = new LintedRepository({ [ci]: clean.replace('ubuntu-latest', 'gpu') });
    expect((await repository.lint()).stdout).toContain('[unknown-label]');
    expect((await repository.lint('--runner-label', 'gpu')).stdout).toBe('1 file: nothing found\n');
  });
});

describe('slipway run and plan', () => {
  const needy = clean.replace('    runs-on', '    needs: bild\n    runs-on');

  it('refuse, as lint does, a job that needs one that exists nowhere', async () => {
    const repository = new LintedRepository({ [ci]: needy });
    const linted = await repository.lint();
    expect(linted.status).toBe(1);
    expect(linted.stdout).toContain(`${ci}:5:12: error: Job \`build\` needs the job \`bild\``);
    for (const command of ['run', 'plan']) {
      const refused = await repository.slipway([command]);
      expect(refused.status, command).toBe(2);
      expect(refused.stderr).toContain(`${ci}:5:12: error: `);
      expect(refused.stdout).toBe('');
    }
  });

  it('refuse only what cannot be read, not what lint advises against', async () => {
    const repository = new LintedRepository({
      [ci]: steps('      - run: echo "of ${{ github.head_ref }}"\n      - run: npm test || true\n'),
    });
    expect((await repository.lint()).status).toBe(1);
    expect((await repository.slipway(['run'])).status).toBe(0);
  });
});
