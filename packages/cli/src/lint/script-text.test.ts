import type { LintScript } from '@slipway/workflow/lint';
import { describe, expect, it } from 'vitest';
import { checkableScript, isMeant, type ShellcheckComment } from './script-text.ts';

function script(text: string, posix: LintScript['posix'] = { dialect: 'bash', options: '-e' }): LintScript {
  const at = { line: 1, column: 1 };
  return { job: 'a', step: 'b', text, shell: undefined, posix, at, place: () => at };
}

function comment(code: number, line: number, rest: Partial<ShellcheckComment> = {}): ShellcheckComment {
  return { file: '', line, column: 1, level: 'warning', code, message: '', ...rest };
}

describe('a script for shellcheck', () => {
  it('keeps its length where expressions were, over lines too, and begins with the options of the shell', () => {
    const made = checkableScript(script('echo "${{ a }}" b\ncat ${{ format(\n1) }}x\n'));
    expect(made?.text).toBe('set -e\necho "________" b\ncat ___________\n_____x\n');
    expect(made?.addedLines).toBe(1);
    expect([...(made?.expressionLines ?? [])]).toEqual([1, 2, 3]);
  });

  it('is none where no such shell reads it', () => {
    expect(checkableScript({ ...script(''), posix: undefined })).toBeNull();
  });

  it('gets no advice on style, on what only the job has, or on the options', () => {
    const made = checkableScript(script('echo $x\n'))!;
    expect(isMeant(comment(2086, 2), made)).toBe(true);
    expect(isMeant(comment(2129, 2, { level: 'style' }), made)).toBe(false);
    expect(isMeant(comment(2154, 2), made)).toBe(false);
    expect(isMeant(comment(2086, 1), made)).toBe(false);
  });

  it('gets advice on constants only where there is no expression', () => {
    const made = checkableScript(script('[ ${{ x }} = a ]\n[ b = a ]\n'))!;
    expect(isMeant(comment(2050, 2), made)).toBe(false);
    expect(isMeant(comment(2050, 3), made)).toBe(true);
  });

  it('may leave the runner’s own variables unquoted', () => {
    const made = checkableScript(script('echo a >> $GITHUB_OUTPUT; echo $OTHER\n'))!;
    expect(isMeant(comment(2086, 2, { column: 11 }), made)).toBe(false);
    expect(isMeant(comment(2086, 2, { column: 32 }), made)).toBe(true);
  });
});
