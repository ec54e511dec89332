import type { LintFinding } from '@slipway/workflow/lint';
import type { Style } from '../view/style.ts';
import { diagnosticsText } from '../workflows/diagnostics-text.ts';
import type { FixedFile } from './fix-files.ts';

/** The findings, then how many there are. */
export function findingsText(findings: readonly LintFinding[], files: number, style: Style): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const numbers = [counted(errors, 'error'), counted(findings.length - errors, 'warning')].join(', ');
  const summary = findings.length === 0 ? 'nothing found' : numbers;
  return `${diagnosticsText(findings, style)}${counted(files, 'file')}: ${summary}\n`;
}

/** A line for everything that `--fix` changed. */
export function fixesText(files: readonly FixedFile[]): string {
  return files
    .flatMap(({ file, fixed }) =>
      fixed.map(({ line, code, fix }) => {
        const text = (fix ?? []).map((edit) => edit.text).join(' … ');
        return `fixed ${file.path}:${line} [${code}]: ${text}\n`;
      }),
    )
    .join('');
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
