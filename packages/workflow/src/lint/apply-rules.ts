import type { Diagnostic } from '../model/diagnostic.ts';
import { nearestName } from '../model/nearest-name.ts';
import type { LintFile } from './file/lint-file.ts';
import { type IgnoreComment, readIgnoreComments } from './ignore-comments.ts';
import type { Rule, RuleFinding } from './rule.ts';
import { rules } from './rules.ts';
import type { TextEdit } from './text-edit.ts';

/** A diagnostic, with the edits that mend it where that is safe. */
export interface LintFinding extends Diagnostic {
  fix?: TextEdit[];
}

interface Asked {
  /** What the reader says of the file. */
  read: readonly Diagnostic[];
  /** Codes of rules that are not asked. */
  disabled: readonly string[];
}

/** The reader's findings and those of the rules, in the order of the file. */
export function applyRules(file: LintFile, { read, disabled }: Asked): LintFinding[] {
  const { path } = file;
  const asked = rules.filter(
    ({ code, judgesActions }) => !disabled.includes(code) && (judgesActions || !file.manifest),
  );
  const found = asked.flatMap((rule) =>
    [...rule.check(file)].map((finding) => toFinding(path, rule, finding)),
  );
  const comments = readIgnoreComments(file.lines);
  const kept = found.filter((finding) => !comments.some((comment) => silences(comment, finding)));
  const misused = comments.flatMap((comment) => judgeComment(path, comment, found, disabled));
  const unique = read.filter((diagnostic) => !isRepeated(diagnostic, found));
  return [...unique, ...kept, ...misused].sort((a, b) => a.line - b.line || a.column - b.column);
}

/** The reader warns of some things that a rule judges, too. */
function isRepeated({ line, column, code }: Diagnostic, found: LintFinding[]): boolean {
  return found.some((finding) => finding.code === code && finding.line === line && finding.column === column);
}

function toFinding(path: string, rule: Rule, { at, message, severity, mend, fix }: RuleFinding): LintFinding {
  return {
    file: path,
    line: at.line,
    column: at.column,
    severity: severity ?? rule.severity,
    code: rule.code,
    message,
    mend: mend ?? rule.mend,
    ...(fix ? { fix } : {}),
  };
}

function silences({ line, codes, reason }: IgnoreComment, finding: LintFinding): boolean {
  return line === finding.line && reason !== '' && codes.includes(finding.code);
}

function judgeComment(
  path: string,
  comment: IgnoreComment,
  found: LintFinding[],
  disabled: readonly string[],
): LintFinding[] {
  const warn = (message: string, mend: string): LintFinding => ({
    file: path,
    ...comment.at,
    severity: 'warning',
    code: 'ignore-comment',
    message,
    mend,
  });
  if (comment.codes.length === 0)
    return [warn('The comment names no rule.', 'Write `# slipway-ignore rule: reason`.')];
  if (comment.reason === '')
    return [warn('The comment gives no reason, so it silences nothing.', 'Add `: reason`.')];
  const known = rules.map(({ code }) => code);
  return comment.codes.flatMap((code) => {
    if (!known.includes(code)) {
      const guess = nearestName(code, known);
      return [
        warn(`No rule is called \`${code}\`.`, guess ? `Did you mean \`${guess}\`?` : 'Remove the comment.'),
      ];
    }
    const isUsed = found.some((finding) => finding.line === comment.line && finding.code === code);
    return isUsed || disabled.includes(code)
      ? []
      : [warn(`\`${code}\` finds nothing here.`, 'Remove the comment.')];
  });
}
