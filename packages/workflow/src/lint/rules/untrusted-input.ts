import { childOf, textOf } from '../../reader/convert/access.ts';
import type { LintFile } from '../file/lint-file.ts';
import type { LocatedExpression } from '../file/located-expression.ts';
import type { Rule } from '../rule.ts';
import { untrustedValues } from '../untrusted-values.ts';

export const untrustedInput: Rule = {
  code: 'untrusted-input',
  severity: 'error',
  why: 'What outsiders write becomes part of the script before the shell reads it: a branch called `$(…)` runs its commands.',
  mend: 'Pass the value through `env:` and use the variable, quoted: `"$TITLE"`.',
  *check(file) {
    for (const expression of file.expressions) {
      if (!isScript(file, expression)) continue;
      for (const { path, offset } of untrustedValues(expression.source, expression.tree)) {
        yield {
          at: expression.place(offset),
          message: `\`${path}\` is written by outsiders and becomes part of the script.`,
        };
      }
    }
  },
};

/** A `run:`, or the script that an action executes. */
function isScript({ root }: LintFile, { path }: LocatedExpression): boolean {
  if (path[2] !== 'steps') return false;
  if (path.at(-1) === 'run') return true;
  return (
    path.at(-2) === 'with' &&
    path.at(-1) === 'script' &&
    stepUses(root, path.slice(0, -2)).startsWith('actions/github-script')
  );
}

function stepUses(root: LintFile['root'], path: LocatedExpression['path']): string {
  let at: LintFile['root'] | undefined = root;
  for (const step of path) {
    if (typeof step === 'number') at = at?.kind === 'sequence' ? at.items[step] : undefined;
    else at = childOf(at, step);
  }
  return textOf(childOf(at, 'uses')) ?? '';
}
