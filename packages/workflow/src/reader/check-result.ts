import { MAX_EXPRESSION_LENGTH as maxExpressionLength } from '@actions/expressions/errors';
import type { Template } from '../model/template.ts';
import type { Findings } from './findings.ts';
import type { ReaderLimits } from './limits.ts';
import { measureSize } from './measure-size.ts';
import { tooLong } from './schema/explain-expression.ts';

export interface ReadResult {
  path: string;
  root: Template;
  limits: ReaderLimits;
}

/** Limits that show only when aliases are expanded and texts with expressions have become one expression each. */
export function checkResult(findings: Findings, { path, root, limits }: ReadResult): void {
  if (measureSize(path, root) > limits.maxResultSizeBytes) {
    findings.add({
      at: root.at,
      code: 'too-large-result',
      message: `The file, its aliases expanded, is larger than ${limits.maxResultSizeBytes} bytes.`,
      mend: 'Split the file, or use fewer aliases.',
    });
  }
  checkLengths(findings, root);
}

function checkLengths(findings: Findings, template: Template): void {
  if (template.kind === 'expression' && template.source.length > maxExpressionLength)
    findings.add(tooLong(template.at));
  if (template.kind === 'sequence') for (const item of template.items) checkLengths(findings, item);
  if (template.kind === 'mapping') for (const entry of template.entries) checkLengths(findings, entry.value);
}
