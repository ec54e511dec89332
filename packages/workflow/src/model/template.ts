import type { Position } from './diagnostic.ts';

/**
 * A value of a workflow or action file whose `${{ }}` expressions are not evaluated yet.
 * Plain JSON, so that what was read can be cached by the file's content.
 * Mirrors the token tree of GitHub's parser (actions/languageservices, workflow-parser/src/templates/tokens).
 */
export type Template = LiteralTemplate | ExpressionTemplate | SequenceTemplate | MappingTemplate;

export interface LiteralTemplate {
  kind: 'literal';
  value: string | number | boolean | null;
  at: Position;
}

export interface ExpressionTemplate {
  kind: 'expression';
  /** The expression without `${{ }}`; mixed text has become `format('…', …)`. */
  source: string;
  at: Position;
}

export interface SequenceTemplate {
  kind: 'sequence';
  items: Template[];
  at: Position;
}

export interface MappingTemplate {
  kind: 'mapping';
  entries: MappingEntry[];
  at: Position;
}

export interface MappingEntry {
  /** `insert` is the `${{ insert }}` directive: the value's own entries take the place of this entry. */
  key: LiteralTemplate | ExpressionTemplate | { kind: 'insert'; at: Position };
  value: Template;
}
