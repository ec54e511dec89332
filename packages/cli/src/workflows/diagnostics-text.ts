import type { Diagnostic } from '@slipway/workflow';
import type { Style } from '../view/style.ts';

/** Two lines for each finding: place and message, then what to do. */
export function diagnosticsText(diagnostics: readonly Diagnostic[], style: Style): string {
  return diagnostics
    .map(({ file, line, column, severity, message, code, mend }) => {
      const word = style.conclusion(severity === 'error' ? 'failure' : 'cancelled', severity);
      return `${style.bold(`${file}:${line}:${column}`)}: ${word}: ${message} ${style.dim(`[${code}]`)}\n  ${mend}\n`;
    })
    .join('');
}

/** One array; its shape is stable. */
export function diagnosticsJson(diagnostics: readonly Diagnostic[]): string {
  const list = diagnostics.map(({ file, line, column, severity, code, message, mend }) => ({
    file,
    line,
    column,
    severity,
    code,
    message,
    mend,
  }));
  return `${JSON.stringify(list, null, 2)}\n`;
}
