import type { Position } from '../../model/diagnostic.ts';
import type { LiteralTemplate, MappingTemplate, Template } from '../../model/template.ts';

/** An entry of a mapping whose key is plain text. */
export interface NamedEntry {
  name: string;
  at: Position;
  value: Template;
}

/** The entries whose keys are not expressions; none if it is not a mapping. */
export function namedEntries(template: Template | undefined): NamedEntry[] {
  if (template?.kind !== 'mapping') return [];
  return template.entries.flatMap(({ key, value }) =>
    key.kind === 'literal' ? [{ name: String(key.value ?? ''), at: key.at, value }] : [],
  );
}

export function entryOf(template: Template | undefined, name: string): NamedEntry | undefined {
  return namedEntries(template).find((entry) => entry.name === name);
}

export function childOf(template: Template | undefined, name: string): Template | undefined {
  return entryOf(template, name)?.value;
}

/**
 * The text of a string; undefined for everything else. Text that still has `${{` is an expression that was refused,
 * about which nothing more is to be said.
 */
export function textOf(template: Template | undefined): string | undefined {
  if (template?.kind !== 'literal' || typeof template.value !== 'string') return undefined;
  return template.value.includes('${{') ? undefined : template.value;
}

export function booleanOf(template: Template | undefined): boolean | undefined {
  return template?.kind === 'literal' && typeof template.value === 'boolean' ? template.value : undefined;
}

export function mappingOf(template: Template | undefined): MappingTemplate | undefined {
  return template?.kind === 'mapping' ? template : undefined;
}

/** The literals of a sequence, or the one literal that stands for a sequence of one. */
export function literalsOf(template: Template | undefined): LiteralTemplate[] {
  if (template?.kind === 'literal') return template.value === null ? [] : [template];
  return template?.kind === 'sequence' ? template.items.filter((item) => item.kind === 'literal') : [];
}

export function textsOf(template: Template | undefined): string[] {
  return literalsOf(template).map((literal) => String(literal.value));
}

/** Whether an expression stands anywhere in it. */
export function hasExpression(template: Template): boolean {
  switch (template.kind) {
    case 'literal':
      return false;
    case 'expression':
      return true;
    case 'sequence':
      return template.items.some(hasExpression);
    case 'mapping':
      return template.entries.some(({ key, value }) => key.kind !== 'literal' || hasExpression(value));
  }
}

/** `{ [name]: value }`, or `{}` if there is no value: for keys that are absent when the file does not have them. */
export function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { [Key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [Key in Name]: Value });
}
