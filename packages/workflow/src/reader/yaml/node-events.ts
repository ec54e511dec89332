import { isAlias, isMap, isScalar, isSeq, type Node, Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Findings } from '../findings.ts';
import type { ReaderLimits } from '../limits.ts';
import { coreTags, resolvePlain, type ScalarValue } from './core-schema.ts';
import type { YamlText } from './parse-yaml.ts';
import { positionOf } from './source-position.ts';

/**
 * One step through a document, aliases expanded. Collections are closed by an `end`.
 * `parent` is the index of the enclosing collection's event (-1 at the root), `step` the key or index within it.
 */
export type YamlEvent =
  | { kind: 'key' | 'scalar'; value: ScalarValue; node: Node; parent: number; step: string | number }
  | { kind: 'mapping' | 'sequence'; node: Node; parent: number; step: string | number }
  | { kind: 'end' };

/** Undefined, with a finding, if the document is not one that GitHub reads to its end. */
export function listEvents(
  yaml: YamlText,
  findings: Findings,
  limits: ReaderLimits,
): YamlEvent[] | undefined {
  const walk: Walk = { yaml, findings, limits, events: [], anchors: new Map(), open: new Set() };
  try {
    addNode(walk, yaml.root, { parent: -1, step: '', depth: 0 });
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    return undefined;
  }
  return walk.events;
}

interface Walk {
  yaml: YamlText;
  findings: Findings;
  limits: ReaderLimits;
  events: YamlEvent[];
  anchors: Map<string, Node>;
  /** Nodes that enclose the present one; an alias to one of them never ends. */
  open: Set<Node>;
}

interface Place {
  parent: number;
  step: string | number;
  depth: number;
}

/** Ends the walk; its finding has been added. */
class Refusal extends Error {}

function addNode(walk: Walk, node: Node | null, place: Place): void {
  if (isAlias(node)) addNode(walk, followAlias(walk, node), place);
  else if (isScalar(node)) addScalar(walk, node, 'scalar', place);
  else if (isMap(node) || isSeq(node)) addCollection(walk, node, place);
}

function addCollection(walk: Walk, node: YAMLMap | YAMLSeq, place: Place): void {
  remember(walk, node);
  const kind = isMap(node) ? 'mapping' : 'sequence';
  const self = push(walk, { kind, node, parent: place.parent, step: place.step });
  const depth = place.depth + 1;
  if (depth > walk.limits.maxDepth) {
    refuse(walk, node, {
      code: 'too-deep',
      message: `The values are nested deeper than ${walk.limits.maxDepth} levels.`,
      mend: 'Flatten the structure.',
    });
  }
  walk.open.add(node);
  if (isMap(node)) addPairs(walk, node, { parent: self, depth });
  else
    for (const [step, item] of node.items.entries())
      addNode(walk, item as Node, { parent: self, step, depth });
  walk.open.delete(node);
  push(walk, { kind: 'end' });
}

function addPairs(walk: Walk, map: YAMLMap, { parent, depth }: { parent: number; depth: number }): void {
  for (const pair of map.items) {
    const key = followAlias(walk, pair.key as Node);
    if (!isScalar(key)) {
      refuse(walk, (pair.key as Node | null) ?? map, {
        code: 'yaml-complex-key',
        message: 'A mapping or sequence cannot be a key.',
        mend: 'Write a plain text as the key; put quotes around a value that begins with `{` or `[`.',
      });
    }
    if (isMergeKey(key, pair.value)) {
      walk.findings.add({
        at: positionOf(walk.yaml, key),
        code: 'yaml-merge-key',
        message: 'The YAML merge key `<<` is not supported.',
        mend: 'Repeat the entries here, or use an alias for the whole mapping.',
      });
      continue;
    }
    const step = String(key.value ?? '');
    addScalar(walk, key, 'key', { parent, step, depth });
    addNode(walk, (pair.value as Node | null) ?? emptyAfter(key), { parent, step, depth });
  }
}

function isMergeKey(key: Scalar, value: unknown): boolean {
  return key.value === '<<' && key.type === 'PLAIN' && (isAlias(value) || isMap(value) || isSeq(value));
}

/** The null of `key:` without a value. */
function emptyAfter(key: Scalar): Node {
  const end = key.range?.[1] ?? 0;
  const empty = new Scalar('');
  empty.type = 'PLAIN';
  empty.range = [end, end, end];
  return empty;
}

function followAlias(walk: Walk, node: Node): Node {
  if (!isAlias(node)) return node;
  const target = walk.anchors.get(node.source);
  if (!target) {
    refuse(walk, node, {
      code: 'yaml-unknown-anchor',
      message: `The alias \`*${node.source}\` has no anchor \`&${node.source}\` above it.`,
      mend: 'Define the anchor first; put quotes around a value that begins with `*`.',
    });
  }
  if (walk.open.has(target)) {
    refuse(walk, node, {
      code: 'yaml-circular-alias',
      message: `The alias \`*${node.source}\` stands within its own anchor.`,
      mend: 'Remove the alias.',
    });
  }
  return target;
}

function addScalar(walk: Walk, node: Scalar, kind: 'key' | 'scalar', { parent, step }: Place): void {
  remember(walk, node);
  push(walk, { kind, value: scalarValue(walk, node), node, parent, step });
}

function scalarValue(walk: Walk, node: Scalar): ScalarValue {
  const text = textOf(node, walk.yaml.text);
  const tag = node.tag;
  if (tag === undefined || tag === '!')
    return node.type === 'PLAIN' && tag !== '!' ? resolvePlain(text) : text;
  const read = Object.hasOwn(coreTags, tag) ? coreTags[tag as keyof typeof coreTags] : undefined;
  const value = read?.(text);
  if (value !== undefined && (node.type === 'PLAIN' || tag === 'tag:yaml.org,2002:str')) return value;
  walk.findings.add({
    at: positionOf(walk.yaml, node),
    code: 'yaml-tag',
    message: read
      ? `The value \`${text}\` does not fit the tag \`${tag}\`.`
      : `The tag \`${tag}\` is not supported.`,
    mend: 'Remove the tag.',
  });
  return text;
}

/** GitHub's YAML parser gives a block scalar no line break at the end that the file does not have; `yaml` does. */
function textOf(node: Scalar, file: string): string {
  const text = String(node.value ?? '');
  const isUnended = node.type?.startsWith('BLOCK') && node.range?.[1] === file.length && !file.endsWith('\n');
  return isUnended && text.endsWith('\n') ? text.slice(0, -1) : text;
}

function remember(walk: Walk, node: Node): void {
  if (!isAlias(node) && node.anchor !== undefined) walk.anchors.set(node.anchor, node);
}

function push(walk: Walk, event: YamlEvent): number {
  if (walk.events.length >= walk.limits.maxNodes) {
    refuse(walk, walk.yaml.root, {
      code: 'too-many-nodes',
      message: `The file has more than ${walk.limits.maxNodes} YAML nodes, aliases expanded.`,
      mend: 'Use fewer aliases, or split the file.',
    });
  }
  return walk.events.push(event) - 1;
}

function refuse(walk: Walk, node: Node, finding: Omit<Parameters<Findings['add']>[0], 'at'>): never {
  walk.findings.add({ at: positionOf(walk.yaml, node), ...finding });
  throw new Refusal();
}
