import type { Definition } from '@actions/workflow-parser/templates/schema/definition';
import { DefinitionType } from '@actions/workflow-parser/templates/schema/definition-type';
import { MappingDefinition } from '@actions/workflow-parser/templates/schema/mapping-definition';
import { SequenceDefinition } from '@actions/workflow-parser/templates/schema/sequence-definition';
import { StringDefinition } from '@actions/workflow-parser/templates/schema/string-definition';
import type { TemplateSchema } from '@actions/workflow-parser/templates/schema/template-schema';
import type { YamlEvent } from '../yaml/node-events.ts';

/** Keys and indexes from the document's root to a node. */
export type NodePath = (string | number)[];

/** What GitHub's schema lets stand at a path; where a mapping may be of several kinds, all of them. */
export interface SchemaPlace {
  options: Definition[];
  /** Contexts, and functions as `name(min,max)`. */
  allowedContext: Set<string>;
}

/** The path of a node; a key's path ends with the key itself. */
export function pathOf(events: YamlEvent[], index: number): NodePath {
  const path: NodePath = [];
  for (let at = index; at >= 0; ) {
    const event = events[at];
    if (!event || event.kind === 'end') break;
    if (event.parent >= 0) path.unshift(event.step);
    at = event.parent;
  }
  return path;
}

export function placeAt(schema: TemplateSchema, root: string, path: NodePath): SchemaPlace {
  const allowedContext = new Set<string>();
  let options = expand(schema, [root], allowedContext);
  for (const step of path) {
    const names = options.flatMap((option) => namesBelow(option, step));
    options = expand(schema, [...new Set(names)], allowedContext);
  }
  return { options, allowedContext };
}

function namesBelow(option: Definition, step: string | number): string[] {
  if (option instanceof SequenceDefinition) return typeof step === 'number' ? [option.itemType] : [];
  if (!(option instanceof MappingDefinition)) return [];
  const property = option.properties[String(step)];
  if (property) return [property.type];
  return option.looseValueType ? [option.looseValueType] : [];
}

/** Replaces every one-of by its members, and notes the contexts on the way. */
function expand(schema: TemplateSchema, names: string[], allowedContext: Set<string>): Definition[] {
  return names.flatMap((name) => {
    const definition = schema.getDefinition(name);
    for (const item of definition.readerContext) allowedContext.add(item);
    return everyType.flatMap((type) => schema.getDefinitionsOfType(definition, type));
  });
}

const everyType = [
  DefinitionType.Null,
  DefinitionType.Boolean,
  DefinitionType.Number,
  DefinitionType.String,
  DefinitionType.Sequence,
  DefinitionType.Mapping,
];

/** The mappings among the options, each by its known keys. */
export function mappingKeys(place: SchemaPlace): string[][] {
  return place.options
    .filter((option) => option instanceof MappingDefinition)
    .map((option) => Object.keys(option.properties));
}

/** Whether a mapping may stand here that takes keys of the author's choice. */
export function takesAnyKey(place: SchemaPlace): boolean {
  return place.options.some(
    (option) =>
      option instanceof MappingDefinition && option.looseKeyType !== undefined && option.looseKeyType !== '',
  );
}

/** The only strings that may stand here, if the schema lists them. */
export function constants(place: SchemaPlace): string[] {
  return place.options
    .filter((option) => option instanceof StringDefinition)
    .map((option) => option.constant)
    .filter((constant) => constant !== '');
}

/** Kinds of values that may stand here, in words: `a string`, `a mapping`, … */
export function expectedKinds(place: SchemaPlace): string[] {
  const words = place.options
    .map((option) => kindWords[option.definitionType])
    .filter((word) => word !== undefined);
  return [...new Set(words)];
}

const kindWords: Partial<Record<DefinitionType, string>> = {
  [DefinitionType.Boolean]: 'a boolean',
  [DefinitionType.Number]: 'a number',
  [DefinitionType.String]: 'a string',
  [DefinitionType.Sequence]: 'a sequence',
  [DefinitionType.Mapping]: 'a mapping',
};
