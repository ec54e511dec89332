import { MAX_EXPRESSION_LENGTH as maxExpressionLength } from '@actions/expressions/errors';
import { ExpressionError } from '../expressions/expression-error.ts';
import { parseExpression } from '../expressions/parse.ts';
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
  checkExpressions(findings, root);
}

/** GitHub's parser for editors takes some expressions that its server, and evaluation here, refuses. */
function checkExpressions(findings: Findings, template: Template): void {
  if (template.kind === 'sequence') for (const item of template.items) checkExpressions(findings, item);
  if (template.kind === 'mapping')
    for (const entry of template.entries) checkExpressions(findings, entry.value);
  if (template.kind !== 'expression') return;
  if (template.source.length > maxExpressionLength) {
    findings.add(tooLong(template.at));
    return;
  }
  try {
    parseExpression(template.source);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const message = `${error.message}.`;
    findings.add({
      at: template.at,
      code: 'expression-syntax',
      message,
      mend: 'Simplify the expression, or correct it.',
    });
  }
}
