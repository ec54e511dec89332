import type { LintFile } from '../file/lint-file.ts';
import type { LintScript } from '../file/script.ts';
import type { Rule, RuleFinding } from '../rule.ts';
import type { TextEdit } from '../text-edit.ts';

export const deprecatedCommand: Rule = {
  code: 'deprecated-command',
  severity: 'warning',
  why: 'GitHub has announced the end of `set-output` and `save-state`, and output of the program itself can forge them.',
  mend: 'Write to the file instead: `echo "name=value" >> "$GITHUB_OUTPUT"` or `"$GITHUB_STATE"`.',
  judgesActions: true,
  *check(file) {
    for (const script of file.scripts) {
      for (const match of script.text.matchAll(/::(set-output|save-state)\s+name=/g)) {
        yield judge(file, script, match);
      }
    }
  },
};

function judge(file: LintFile, script: LintScript, match: RegExpExecArray): RuleFinding {
  const fix = script.posix ? fixOf(file, script, match.index) : undefined;
  return {
    at: script.place(match.index),
    message: `The command \`${match[1]}\` is deprecated.`,
    ...(fix ? { fix: [fix] } : {}),
  };
}

/** Only for a line that is one `echo` of the command, and that stands in the file as the shell reads it. */
function fixOf({ lines }: LintFile, { text, place }: LintScript, index: number): TextEdit | undefined {
  const start = text.lastIndexOf('\n', index) + 1;
  const lineEnd = text.indexOf('\n', index);
  const line = text.slice(start, lineEnd < 0 ? undefined : lineEnd);
  const [, indent = '', quote, command, name, value = ''] =
    /^(\s*)echo (["']?)::(set-output|save-state)\s+name=([\w-]+)::([^"'`\\]*)\2\s*$/.exec(line) ?? [];
  const from = place(start + indent.length);
  const written = (lines[from.line - 1] ?? '').slice(from.column - 1);
  if (command === undefined || written !== line.slice(indent.length)) return undefined;
  // What single quotes kept from the shell would be read by it in double quotes.
  if (quote === "'" && value.includes('$')) return undefined;
  const target = command === 'set-output' ? 'GITHUB_OUTPUT' : 'GITHUB_STATE';
  const end = { line: from.line, column: from.column + written.length };
  return { start: from, end, text: `echo "${name}=${value}" >> "$${target}"` };
}
