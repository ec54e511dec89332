import type { LintScript } from '../file/script.ts';
import type { Rule, RuleFinding } from '../rule.ts';
import type { TextEdit } from '../text-edit.ts';

export const deprecatedCommand: Rule = {
  code: 'deprecated-command',
  severity: 'warning',
  why: 'GitHub has announced the end of `set-output` and `save-state`, and output of the program itself can forge them.',
  mend: 'Write to the file instead: `echo "name=value" >> "$GITHUB_OUTPUT"` or `"$GITHUB_STATE"`.',
  *check({ scripts }) {
    for (const script of scripts) {
      for (const match of script.text.matchAll(/::(set-output|save-state)\s+name=/g))
        yield judge(script, match);
    }
  },
};

function judge(script: LintScript, match: RegExpExecArray): RuleFinding {
  const fix = fixOf(script, match.index);
  return {
    at: script.place(match.index),
    message: `The command \`${match[1]}\` is deprecated.`,
    ...(fix ? { fix: [fix] } : {}),
  };
}

/** Only for the plain form: one `echo` with the command in one pair of double quotes, or none, on a line of its own. */
function fixOf({ text, place }: LintScript, index: number): TextEdit | undefined {
  const start = text.lastIndexOf('\n', index) + 1;
  const end = text.indexOf('\n', index) < 0 ? text.length : text.indexOf('\n', index);
  const line = text.slice(start, end);
  const [, indent = '', , command, name, value] =
    /^(\s*)echo (["']?)::(set-output|save-state)\s+name=([\w-]+)::([^"'`]*)\2\s*$/.exec(line) ?? [];
  if (command === undefined) return undefined;
  const file = command === 'set-output' ? 'GITHUB_OUTPUT' : 'GITHUB_STATE';
  return {
    start: place(start + indent.length),
    end: place(end),
    text: `echo "${name}=${value}" >> "$${file}"`,
  };
}
