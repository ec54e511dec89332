import { isScalar, type Node } from 'yaml';
import type { Position } from '../../model/diagnostic.ts';
import type { YamlText } from './parse-yaml.ts';

/** Where a node begins in the file. */
export function positionOf(yaml: YamlText, node: Node): Position {
  return positionAt(yaml, node.range?.[0] ?? 0);
}

/**
 * Where a character of a scalar's value is in the file. Exact within expressions and in literal blocks (`|`);
 * else the start of the scalar.
 */
export function positionWithin(yaml: YamlText, node: Node, offset: number): Position {
  if (offset <= 0 || !isScalar(node) || typeof node.value !== 'string' || !node.range)
    return positionOf(yaml, node);
  const value = node.value;
  const source = yaml.text.slice(node.range[0], node.range[1]);
  if (node.type === 'PLAIN' && !source.includes('\n')) return positionAt(yaml, node.range[0] + offset);
  if (node.type === 'BLOCK_LITERAL')
    return positionAt(yaml, node.range[0] + literalOffset(source, value, offset));
  const opening = value.lastIndexOf('${{', offset);
  if (opening < 0) return positionOf(yaml, node);
  const inSource = nthIndexOf(source, countBefore(value, opening));
  return positionAt(yaml, node.range[0] + (inSource < 0 ? 0 : inSource + offset - opening));
}

function positionAt(yaml: YamlText, offset: number): Position {
  const { line, col } = yaml.lines.linePos(offset);
  return { line, column: col };
}

/** A literal block's lines follow its header one to one; only their indentation is cut off. */
function literalOffset(source: string, value: string, offset: number): number {
  const before = value.slice(0, offset);
  const row = before.split('\n').length;
  const column = offset - (before.lastIndexOf('\n') + 1);
  const valueLine = value.split('\n')[row - 1] ?? '';
  let start = 0;
  for (let i = 0; i < row; i++) start = source.indexOf('\n', start) + 1;
  const end = source.indexOf('\n', start);
  const sourceLine = source.slice(start, end < 0 ? undefined : end).replace(/\r$/, '');
  return start + (sourceLine.length - valueLine.length) + column;
}

function countBefore(text: string, end: number): number {
  let count = 0;
  for (let at = text.indexOf('${{'); at >= 0 && at < end; at = text.indexOf('${{', at + 1)) count++;
  return count;
}

function nthIndexOf(text: string, n: number): number {
  let at = text.indexOf('${{');
  for (let i = 0; i < n && at >= 0; i++) at = text.indexOf('${{', at + 1);
  return at;
}
