import { rules } from '@slipway/workflow/lint';
import type { Style } from '../view/style.ts';

/** Every rule with its severity and why it matters. */
export function rulesText(style: Style): string {
  return rules.map(({ code, severity, why }) => `${style.bold(code)} (${severity})\n  ${why}\n`).join('');
}
