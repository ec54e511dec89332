import {
  Binary,
  ContextAccess,
  type Expr,
  FunctionCall,
  Grouping,
  IndexAccess,
  Literal,
  Logical,
  Star,
  Unary,
} from '@actions/expressions/ast';
import { literalValue } from '../expressions/tree.ts';
import { offsetOf } from './types/infer.ts';

/**
 * What outsiders write: titles, texts and names of issues, pull requests, comments, commits and branches. `*` is any property.
 * @see https://docs.github.com/en/actions/reference/security/secure-use#understanding-the-risk-of-script-injections
 */
const outsiders = [
  'github.head_ref',
  'github.event.issue.title',
  'github.event.issue.body',
  'github.event.discussion.title',
  'github.event.discussion.body',
  'github.event.comment.body',
  'github.event.review.body',
  'github.event.review_comment.body',
  'github.event.pull_request.title',
  'github.event.pull_request.body',
  'github.event.pull_request.head.ref',
  'github.event.pull_request.head.label',
  'github.event.pull_request.head.repo.default_branch',
  'github.event.pages.*.page_name',
  'github.event.commits.*.message',
  'github.event.commits.*.author.email',
  'github.event.commits.*.author.name',
  'github.event.head_commit.message',
  'github.event.head_commit.author.email',
  'github.event.head_commit.author.name',
  'github.event.head_commit.committer.email',
  'github.event.head_commit.committer.name',
  'github.event.workflow_run.head_branch',
  'github.event.workflow_run.head_commit.message',
  'github.event.workflow_run.head_commit.author.email',
  'github.event.workflow_run.head_commit.author.name',
  'github.event.workflow_run.display_title',
].map((path) => path.split('.'));

/** A part of an expression whose text goes into the result. */
export interface PassedValue {
  /** Lower case; `*` is any property. */
  path: string[];
  /** In the expression's source. */
  offset: number;
}

/** What outsiders write of what goes into the result of an expression. */
export function untrustedValues(source: string, expr: Expr): PassedValue[] {
  return passedValues(source, expr).filter(({ path }) =>
    outsiders.some((outsider) => covers(outsider, path)),
  );
}

/** Values that only decide something (`==`, `contains`) do not go into the result. */
export function passedValues(source: string, expr: Expr): PassedValue[] {
  if (expr instanceof Grouping) return passedValues(source, expr.group);
  if (expr instanceof Logical) return expr.args.flatMap((arg) => passedValues(source, arg));
  if (expr instanceof Binary || expr instanceof Unary || expr instanceof Literal) return [];
  if (expr instanceof FunctionCall) {
    return passesText(expr) ? expr.args.flatMap((arg) => passedValues(source, arg)) : [];
  }
  const path = pathOf(expr);
  return path ? [{ path, offset: startOf(source, expr) }] : [];
}

function passesText({ functionName }: FunctionCall): boolean {
  return ['format', 'join', 'tojson', 'fromjson', 'case'].includes(functionName.lexeme.toLowerCase());
}

function pathOf(expr: Expr): string[] | undefined {
  if (expr instanceof ContextAccess) return [expr.name.lexeme.toLowerCase()];
  if (expr instanceof Grouping) return pathOf(expr.group);
  if (!(expr instanceof IndexAccess)) return undefined;
  const owner = pathOf(expr.expr);
  const { index } = expr;
  const key = index instanceof Literal ? String(literalValue(index) ?? '').toLowerCase() : '*';
  return owner && [...owner, index instanceof Star ? '*' : /^\d+$/.test(key) ? '*' : key];
}

/** Whether the value at `path` is, or holds, what stands at `outsider`. The whole event is left out: it is logged on purpose. */
function covers(outsider: string[], path: string[]): boolean {
  if (path.length < 3 && path[1] !== 'head_ref') return false;
  if (path.length > outsider.length) return false;
  return path.every((step, i) => step === outsider[i] || step === '*' || outsider[i] === '*');
}

function startOf(source: string, expr: Expr): number {
  return expr instanceof IndexAccess ? startOf(source, expr.expr) : offsetOf(source, expr);
}
