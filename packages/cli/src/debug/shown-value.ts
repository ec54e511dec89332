import type { Value } from '@slipway/workflow';

/** A value of an expression for people: texts as they are, objects as JSON. */
export function shownValue(value: Value): string {
  return typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? 'null');
}

/** What is typed may stand in `${{ }}` as in a file. */
export function bareExpression(typed: string): string {
  return /^\$\{\{(.*)\}\}$/s.exec(typed.trim())?.[1]?.trim() ?? typed.trim();
}
