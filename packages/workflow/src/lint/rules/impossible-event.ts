import { Binary, ContextAccess, type Expr, IndexAccess, Literal } from '@actions/expressions/ast';
import { childrenOf, literalValue } from '../../expressions/tree.ts';
import type { Rule } from '../rule.ts';
import { offsetOf } from '../types/infer.ts';

export const impossibleEvent: Rule = {
  code: 'impossible-event',
  severity: 'warning',
  why: 'A comparison with an event that does not start the workflow is never true, so that what it guards never runs.',
  mend: 'Compare with an event of `on:`, or add the event there.',
  *check({ workflow, expressions }) {
    // A called workflow sees its caller's event.
    if ('workflow_call' in workflow.on) return;
    for (const { source, tree, place } of expressions) {
      for (const { event, expr } of comparedEvents(tree)) {
        if (event in workflow.on) continue;
        yield {
          at: place(offsetOf(source, expr)),
          message: `The workflow is never started by \`${event}\`.`,
        };
      }
    }
  },
};

function comparedEvents(expr: Expr): { event: string; expr: Expr }[] {
  const below = childrenOf(expr).flatMap(comparedEvents);
  if (!(expr instanceof Binary) || expr.operator.lexeme !== '==') return below;
  const literal = [expr.left, expr.right].find((side) => side instanceof Literal);
  const event = literal instanceof Literal ? literalValue(literal) : undefined;
  const isEventName = isEvent(expr.left) || isEvent(expr.right);
  return isEventName && typeof event === 'string' ? [...below, { event, expr }] : below;
}

function isEvent(expr: Expr): boolean {
  if (
    !(expr instanceof IndexAccess) ||
    !(expr.expr instanceof ContextAccess) ||
    !(expr.index instanceof Literal)
  )
    return false;
  return expr.expr.name.lexeme.toLowerCase() === 'github' && literalValue(expr.index) === 'event_name';
}
