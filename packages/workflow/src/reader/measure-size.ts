import type { Template } from '../model/template.ts';

/**
 * Bytes of a file, as GitHub counts them against its limit: 24 for every key and value, and for text 26 and two for each
 * character; the path counts too. They say nothing about memory here.
 * @see actions/runner, src/Sdk/WorkflowParser/ObjectTemplating/TemplateMemory.cs and TemplateContext.cs (GetFileId)
 */
export function measureSize(path: string, root: Template): number {
  return textSize(path) + templateSize(root);
}

function templateSize(template: Template): number {
  switch (template.kind) {
    case 'literal':
      return valueSize + (typeof template.value === 'string' ? textSize(template.value) : 0);
    case 'expression':
      return valueSize + textSize(template.source);
    case 'sequence':
      return template.items.reduce((bytes, item) => bytes + templateSize(item), valueSize);
    case 'mapping':
      return template.entries.reduce(
        (bytes, { key, value }) =>
          bytes + (key.kind === 'insert' ? valueSize : templateSize(key)) + templateSize(value),
        valueSize,
      );
  }
}

const valueSize = 24;

function textSize(text: string): number {
  return 26 + text.length * 2;
}
