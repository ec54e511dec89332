import { parseExpression } from '../../expressions/parse.ts';
import type { Action } from '../../model/action.ts';
import { childOf, textOf } from '../../reader/convert/access.ts';
import type { LintFile } from '../file/lint-file.ts';
import type { LocatedExpression } from '../file/located-expression.ts';
import type { Rule } from '../rule.ts';
import { passedValues, untrustedValues } from '../untrusted-values.ts';

export const untrustedInput: Rule = {
  code: 'untrusted-input',
  severity: 'error',
  why: 'What outsiders write becomes part of the script before the shell reads it: a branch called `$(…)` runs its commands.',
  mend: 'Pass the value through `env:` and use the variable, quoted: `"$TITLE"`.',
  judgesActions: true,
  *check(file) {
    for (const expression of file.expressions) {
      const script = scriptOf(file, expression);
      if (script === undefined) continue;
      for (const { path, offset } of untrustedValues(expression.source, expression.tree)) {
        yield {
          at: expression.place(offset),
          message: `\`${path.join('.')}\` is written by outsiders and becomes part of ${script}.`,
        };
      }
    }
  },
};

/** The script that an expression becomes a part of: a `run:`, one that an action executes, or one in a composite action. */
function scriptOf(file: LintFile, { path }: LocatedExpression): string | undefined {
  if (path[2] !== 'steps' && path[1] !== 'steps') return undefined;
  if (path.at(-1) === 'run') return 'the script';
  if (path.at(-2) !== 'with') return undefined;
  const uses = stepUses(file.root, path.slice(0, -2));
  const input = String(path.at(-1)).toLowerCase();
  if (input === 'script' && uses.startsWith('actions/github-script@')) return 'the script';
  const answer = file.action?.(uses);
  const manifest = answer === undefined || answer === 'missing' ? undefined : answer.value;
  return manifest && scriptInputs(manifest).has(input) ? `a script in \`${uses}\`` : undefined;
}

function stepUses(root: LintFile['root'], path: LocatedExpression['path']): string {
  let at: LintFile['root'] | undefined = root;
  for (const step of path) {
    if (typeof step === 'number') at = at?.kind === 'sequence' ? at.items[step] : undefined;
    else at = childOf(at, step);
  }
  return textOf(childOf(at, 'uses')) ?? '';
}

/** The inputs of a composite action whose text becomes part of its scripts. */
function scriptInputs({ runs }: Action): Set<string> {
  const names = new Set<string>();
  for (const step of runs.kind === 'composite' ? runs.steps : []) {
    if (step.kind !== 'run' || step.run.kind !== 'expression') continue;
    const { source } = step.run;
    for (const { path } of passedValues(source, parseExpression(source))) {
      if (path[0] === 'inputs' && path[1] !== undefined) names.add(path[1]);
    }
  }
  return names;
}
