import type { Template } from '../model/template.ts';

/**
 * Bytes of what was read, as GitHub counts them against its limit: 24 for every key and value, and for text 26 and two
 * for each character. They say nothing about memory here.
 * @see actions/runner, src/Sdk/WorkflowParser/ObjectTemplating/TemplateMemory.cs
 */
export function measureSize(template: Template): number {
  switch (template.kind) {
    case 'literal':
      return typeof template.value === 'string' ? textSize(template.value) : valueSize;
    case 'expression':
      return textSize(template.source);
    case 'sequence':
      return template.items.reduce((bytes, item) => bytes + measureSize(item), valueSize);
    case 'mapping':
      return template.entries.reduce(
        (bytes, { key, value }) =>
          bytes + (key.kind === 'insert' ? valueSize : measureSize(key)) + measureSize(value),
        valueSize,
      );
  }
}

const valueSize = 24;

function textSize(text: string): number {
  return valueSize + 26 + text.length * 2;
}
