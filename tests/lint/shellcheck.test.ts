import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ci, findingsOf, LintedRepository, steps } from './linted-repository.ts';

const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0;

describe('shellcheck', () => {
  it('points to the place in the file, through expressions and indentation', async (ctx) => {
    if (!hasShellcheck) return ctx.skip('shellcheck is not installed');
    const repository = new LintedRepository({
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
    const found = findingsOf(await repository.lint('--format', 'json'));
    expect(found.map(({ line, column, message }) => `${line}:${column} ${message.slice(0, 6)}`)).toEqual([
      '10:20 SC2045',
      '11:38 SC2086',
    ]);
    // What is kept of the answer says the same.
    expect(findingsOf(await repository.lint('--format', 'json'))).toEqual(found);
  });

  it('is asked in older ways if need be, and left out where it is missing or broken', async () => {
    const repository = new LintedRepository({ [ci]: steps('      - run: echo $f\n') });
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
    const old = findingsOf(await repository.lintWith({ PATH: path }, '--format', 'json'));
    expect(old).toMatchObject([{ line: 8, column: 19, message: 'SC2086: old' }]);
    writeFileSync(program, '#!/bin/sh\necho broken\nexit 3\n');
    expect(await repository.lintWith({ PATH: path })).toMatchObject({
      status: 0,
      stdout: '1 file: nothing found\n',
    });
  });
});
