import { getActionSchema } from '@actions/workflow-parser/actions/action-schema';
import { MappingDefinition } from '@actions/workflow-parser/templates/schema/mapping-definition';
import { OneOfDefinition } from '@actions/workflow-parser/templates/schema/one-of-definition';
import { SequenceDefinition } from '@actions/workflow-parser/templates/schema/sequence-definition';
import type { TemplateSchema } from '@actions/workflow-parser/templates/schema/template-schema';
import { workflowSchema } from './workflow-schema.ts';

/**
 * Every key that GitHub's schema knows, as a path; what is below a key follows it. `<name>` is a name of the author's,
 * and `on.*` any event.
 */
export function schemaKeys(kind: 'workflow' | 'action'): Set<string> {
  return kind === 'workflow'
    ? keysOf(workflowSchema(), 'workflow-root-strict')
    : keysOf(getActionSchema(), 'action-root-strict');
}

function keysOf(schema: TemplateSchema, root: string): Set<string> {
  const keys = new Set<string>();
  const walk = (name: string, at: string, seen: readonly string[]): void => {
    if (seen.includes(name)) return;
    const definition = schema.getDefinition(name);
    const deeper = [...seen, name];
    const enter = (key: string, type: string): void => {
      const inner = at === '' ? key : `${at}.${at === 'on' ? '*' : key}`;
      keys.add(inner);
      walk(type, inner, deeper);
    };
    if (definition instanceof OneOfDefinition) for (const one of definition.oneOf) walk(one, at, deeper);
    if (definition instanceof SequenceDefinition) walk(definition.itemType, at, deeper);
    if (!(definition instanceof MappingDefinition)) return;
    for (const [key, { type }] of Object.entries(definition.properties)) enter(key, type);
    if (definition.looseValueType) enter('<name>', definition.looseValueType);
  };
  walk(root, '', []);
  return keys;
}
