import type { Diagnostic } from '../model/diagnostic.ts';
import { nearestName } from '../model/nearest-name.ts';
import type { Workflow } from '../model/workflow.ts';
import { assessNeeds } from '../reader/needs.ts';
import { assessReusableWorkflows } from '../reader/reusable/assess-calls.ts';
import { openLintFile, type Surroundings } from './file/lint-file.ts';
import type { LintScript } from './file/script.ts';
import { type IgnoreComment, readIgnoreComments } from './ignore-comments.ts';
import type { Rule, RuleFinding } from './rule.ts';
import { rules } from './rules.ts';
import type { TextEdit } from './text-edit.ts';

export interface LintOptions extends Surroundings {
  /** As the user knows the file, relative to the repository. */
  path: string;
  content: string;
  /** Codes of rules that are not asked. */
  disabled?: readonly string[];
}

/** A diagnostic, with the edits that mend it where that is safe. */
export interface LintFinding extends Diagnostic {
  fix?: TextEdit[];
}

/**
 * Everything that is wrong or risky in a workflow file: what the reader refuses, and what the rules find. Rules are silenced
 * by comments with a reason; the reader's errors are not.
 */
export function lintWorkflow(options: LintOptions): LintFinding[] {
  const { path, content, disabled = [] } = options;
  const { file, diagnostics } = openLintFile(path, content, options);
  if (!file) return diagnostics;
  const calls = options.called ? assessCalls(file.workflow, options.called) : [];
  const needs = assessNeeds(file.workflow, options.siblings);
  const asked = rules.filter(({ code }) => !disabled.includes(code));
  const found = asked.flatMap((rule) =>
    [...rule.check(file)].map((finding) => toFinding(path, rule, finding)),
  );
  const comments = readIgnoreComments(file.lines);
  const kept = found.filter((finding) => !comments.some((comment) => silences(comment, finding)));
  const misused = comments.flatMap((comment) => judgeComment(path, comment, found, disabled));
  const read = [...diagnostics, ...calls, ...needs].filter((diagnostic) => !isRepeated(diagnostic, found));
  return [...read, ...kept, ...misused].sort((a, b) => a.line - b.line || a.column - b.column);
}

/** The scripts of a file, for shellcheck, whose answer comes back as `scriptFindings`. */
export function listLintScripts(path: string, content: string): readonly LintScript[] {
  return openLintFile(path, content, {}).file?.scripts ?? [];
}

/** Of the calls of this file; those of the files it calls are told when they are linted. */
function assessCalls(workflow: Workflow, called: NonNullable<Surroundings['called']>): Diagnostic[] {
  const load = (uses: string, caller: Workflow) => {
    const answer = called(uses, caller);
    return answer === 'missing' ? undefined : (answer ?? 'unknown');
  };
  return assessReusableWorkflows({ workflow, load }).filter(({ file }) => file === workflow.path);
}

/** The reader warns of some things that a rule judges, too. */
function isRepeated({ line, column, code }: Diagnostic, found: LintFinding[]): boolean {
  return found.some((finding) => finding.code === code && finding.line === line && finding.column === column);
}

function toFinding(path: string, rule: Rule, { at, message, mend, fix }: RuleFinding): LintFinding {
  return {
    file: path,
    line: at.line,
    column: at.column,
    severity: rule.severity,
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
