import { ensureStatusFunction } from '@actions/workflow-parser/model/converter/if-condition';
import type { DefinitionInfo } from '@actions/workflow-parser/templates/schema/definition-info';
import { ExpressionToken } from '@actions/workflow-parser/templates/tokens/index';
import type { Position } from '../../model/diagnostic.ts';
import type { ExpressionTemplate, Template } from '../../model/template.ts';
import { describeExpressionError } from '../schema/explain-expression.ts';
import type { Conversion } from './conversion.ts';

/**
 * An `if:` as GitHub evaluates it: the whole text is the expression, and where it asks for no status itself,
 * `success()` is asked first.
 * @param definition name of the `if` in GitHub's schema, which has the contexts: `job-if`, `step-if`, `snapshot-if`
 */
export function convertCondition(
  conversion: Conversion,
  { value, at, definition }: { value: Template | undefined; at: Position; definition: string },
): ExpressionTemplate {
  if (value === undefined) return { kind: 'expression', source: 'success()', at };
  const source = conditionText(value);
  if (source === '') return { kind: 'expression', source: 'success()', at: value.at };
  const allowedContext = conversion.allowedContext(definition);
  // What is within `${{ }}` was checked when it was read; text that still has it was refused then.
  if (source.includes('${{')) return { kind: 'expression', source, at: value.at };
  if (value.kind === 'literal' && !isValid(conversion, { source, at: value.at, allowedContext })) {
    return { kind: 'expression', source, at: value.at };
  }
  const withStatus = ensureStatusFunction(source, { allowedContext } as DefinitionInfo);
  return { kind: 'expression', source: withStatus, at: value.at };
}

/** A `pre-if` or `post-if` of an action: evaluated as it stands; without one, always true. */
export function convertHookCondition(
  conversion: Conversion,
  { value, at, definition }: { value: Template | undefined; at: Position; definition: string },
): ExpressionTemplate {
  const source = value === undefined ? '' : conditionText(value);
  if (value === undefined || source === '') return { kind: 'expression', source: 'always()', at };
  if (value.kind === 'literal') {
    isValid(conversion, { source, at: value.at, allowedContext: conversion.allowedContext(definition) });
  }
  return { kind: 'expression', source, at: value.at };
}

function conditionText(value: Template): string {
  if (value.kind === 'expression') return value.source;
  return value.kind === 'literal' && value.value !== null ? String(value.value).trim() : '';
}

function isValid(
  conversion: Conversion,
  { source, at, allowedContext }: { source: string; at: Position; allowedContext: string[] },
): boolean {
  try {
    ExpressionToken.validateExpression(source, allowedContext);
    return true;
  } catch (cause) {
    conversion.findings.add(describeExpressionError(cause as Error, at, new Set(allowedContext)));
    return false;
  }
}
